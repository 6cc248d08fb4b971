using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>A Teams workflow that posts cards: 202 for a message of adaptive cards of at most 28 KB (Adaptive Cards schema 1.4: the elements that are used).</summary>
internal sealed class FakeTeams : LoopbackServer
{
    private readonly ConcurrentQueue<JsonObject> _cards = new();

    public IReadOnlyList<JsonObject> Cards => [.. _cards];

    public static async Task<FakeTeams> StartAsync()
    {
        var server = new FakeTeams();
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request)
    {
        var query = QueryHelpers.ParseQuery(request.Query);
        if (request.Method != "POST" || query["sig"] != "your-signature" || query["sp"] != "/triggers/manual/run" || query["sv"] != "1.0" || query["api-version"] != "2016-06-01")
        {
            return Refuse(401, "DirectApiInvalidAuthorizationScheme", "The provided authorization token is not valid.");
        }

        if (request.Content.Length > 28 * 1024)
        {
            return Refuse(413, "RequestEntityTooLarge", "Request Entity too large");
        }

        if (request.MediaType("Content-Type") != "application/json" || request.Json["type"]?.GetValue<string>() != "message" || request.Json["attachments"] is not JsonArray { Count: > 0 } attachments)
        {
            return Refuse(400, "TriggerInputSchemaMismatch", "The input body for trigger 'manual' of type 'Request' did not match its schema definition.");
        }

        foreach (var attachment in attachments)
        {
            if (attachment!["contentType"]?.GetValue<string>() != "application/vnd.microsoft.card.adaptive" || attachment["content"] is not JsonObject card || !IsCard(card))
            {
                return Refuse(400, "BadRequest", "Adaptive card is not valid.");
            }

            _cards.Enqueue(card);
        }

        return new Reply(202);
    }

    private static bool IsCard(JsonObject card) =>
        IsText(card["type"], "AdaptiveCard") && IsText(card["version"], "1.0", "1.2", "1.4", "1.5") && card["body"] is JsonArray body && body.All(element => element switch
        {
            JsonObject block when IsText(block["type"], "TextBlock") => IsText(block["text"]),
            JsonObject rich when IsText(rich["type"], "RichTextBlock") => rich["inlines"] is JsonArray inlines && inlines.All(run => IsText(run?["type"], "TextRun") && IsText(run?["text"])),
            _ => false,
        });

    private static bool IsText(JsonNode? node, params string[] allowed) =>
        node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 && (allowed.Length == 0 || allowed.Contains(text));

    private static Reply Refuse(int status, string code, string message) =>
        Reply.Json(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });
}
