using System.Text.Json;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Leads as they are after intake: posted bodies, normalised.</summary>
internal static class Posted
{
    public static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static readonly SchemaOutline Outline = LeadSchema.Documented().Outline;

    public static Lead Lead(string body, DateTimeOffset? at = null)
    {
        using var document = JsonDocument.Parse(BodyText.Utf8(System.Text.Encoding.UTF8.GetBytes(body)));
        var received = at ?? At;
        return new Lead(LeadId.New(received), Sources.Marketplace, null, received, new LeadContent(LeadNormaliser.Normalise(document.RootElement, Outline).Json));
    }

    /// <summary>A lead with these properties; a dot in a name stands for an object.</summary>
    public static Lead Lead(params IEnumerable<(string Name, string? Value)> properties)
    {
        var root = new Dictionary<string, object?>();
        foreach (var (name, value) in properties)
        {
            var path = name.Split('.');
            var parent = root;
            foreach (var step in path.SkipLast(1))
            {
                parent = (Dictionary<string, object?>)(parent.TryGetValue(step, out var known) ? known! : parent[step] = new Dictionary<string, object?>());
            }

            parent[path[^1]] = value;
        }

        return Lead(JsonSerializer.Serialize(root));
    }
}
