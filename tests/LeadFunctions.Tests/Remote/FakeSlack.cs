using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>A Slack incoming webhook: JSON in, the word "ok" or an error's word out (Block Kit: header, section).</summary>
internal sealed class FakeSlack : LoopbackServer
{
    private readonly ConcurrentQueue<JsonObject> _messages = new();

    public IReadOnlyList<JsonObject> Messages => [.. _messages];

    public static async Task<FakeSlack> StartAsync()
    {
        var server = new FakeSlack();
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request)
    {
        if (request is not { Method: "POST", Path: "/services/T00000000/B00000000/your-webhook" })
        {
            return Word(404, "no_service");
        }

        if (request.MediaType("Content-Type") != "application/json" || Parse(request.Body) is not { } message)
        {
            return Word(400, "invalid_payload");
        }

        if (message["text"] is null && message["blocks"] is null)
        {
            return Word(400, "no_text");
        }

        if (message["blocks"] is JsonArray blocks && (blocks.Count > 50 || !blocks.All(IsBlock)))
        {
            return Word(400, "invalid_blocks");
        }

        _messages.Enqueue(message);
        return Word(200, "ok");
    }

    private static bool IsBlock(JsonNode? block) => block?["type"]?.GetValue<string>() switch
    {
        "header" => IsText(block["text"], 150, "plain_text"),
        "section" => IsText(block["text"], 3000, "plain_text", "mrkdwn"),
        _ => false,
    };

    private static bool IsText(JsonNode? text, int most, params string[] types) =>
        text?["text"] is JsonValue value && value.TryGetValue(out string? words) && words.Length >= 1 && words.Length <= most
        && types.Contains(text["type"]?.GetValue<string>())
        && text["emoji"]?.GetValueKind() is null or JsonValueKind.True or JsonValueKind.False;

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Reply Word(int status, string word) => new(status, word, "text/html");
}
