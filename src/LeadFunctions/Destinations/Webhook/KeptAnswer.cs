using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// What is kept of an answer, for the destinations that wait for it: the whole or some properties, by their paths (<c>results.0.id</c>).
/// </summary>
internal sealed record KeptAnswer(bool Whole, IReadOnlyList<string> Paths)
{
    public const int MostCharacters = 16 * 1024;

    /// <summary>How many bytes of an answer are read to find what is kept of it.</summary>
    private const int MostRead = 1024 * 1024;

    private const string NoObject = "is not a JSON object, of which Keep could keep something";

    public static KeptAnswer Read(SettingsReader settings, string key)
    {
        var items = settings.List(key) ?? [];
        return items.Count == 1 && bool.TryParse(items[0], out var whole) ? new KeptAnswer(whole, []) : new KeptAnswer(false, items);
    }

    public bool IsNothing => !Whole && Paths.Count == 0;

    /// <summary>How many bytes of an answer have to be read.</summary>
    public int Reads => IsNothing ? RemoteClient.Explanation : MostRead;

    /// <summary>The kept JSON, or why it can't be kept.</summary>
    public (string? Json, string? Fault) Of(RemoteReply.Response response)
    {
        try
        {
            // A whole object is one, though the connection may have ended badly after it.
            return JsonNode.Parse(response.Body) is JsonObject answer ? Of(answer) : (null, NoObject);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, or some that can't be written again: half a surrogate pair, a name given twice.
            return (null, response.IsCut ? $"is longer than the {MostRead} bytes that are read of it, or its end never came" : NoObject);
        }
    }

    private (string? Json, string? Fault) Of(JsonObject answer)
    {
        var kept = Whole ? answer : [];
        foreach (var path in Paths)
        {
            if (Find(answer, path) is not { } value)
            {
                return (null, $"has no {path}, which Keep names");
            }

            Put(kept, path.Split('.'), value.DeepClone());
        }

        var json = RequestText.Json(kept);
        return json.Length <= MostCharacters
            ? (json, null)
            : (null, $"is longer than the {MostCharacters} characters that are kept; name the properties in Keep");
    }

    private static JsonNode? Find(JsonNode root, string path)
    {
        JsonNode? node = root;
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonObject properties => properties[step],
                JsonArray items when int.TryParse(step, out var index) && index >= 0 && index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }

    // An item of a list stands under its number, so that a template names it by the same path.
    private static void Put(JsonObject kept, ReadOnlySpan<string> path, JsonNode value)
    {
        if (path.Length == 1)
        {
            kept[path[0]] = value;
            return;
        }

        if (kept[path[0]] is not JsonObject next)
        {
            kept[path[0]] = next = [];
        }

        Put(next, path[1..], value);
    }
}
