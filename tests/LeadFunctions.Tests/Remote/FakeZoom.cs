using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>Zoom: the token endpoint for server-to-server OAuth and "Create a meeting" (API reference, error codes 124 and 300).</summary>
internal sealed class FakeZoom : LoopbackServer
{
    private readonly ConcurrentDictionary<string, bool> _tokens = new();
    private readonly ConcurrentQueue<JsonObject> _meetings = new();

    /// <summary>The meetings that were made, as they were asked for.</summary>
    public IReadOnlyList<JsonObject> Meetings => [.. _meetings];

    public static async Task<FakeZoom> StartAsync()
    {
        var server = new FakeZoom();
        await server.StartServerAsync();
        return server;
    }

    public static string LinkOf(int meeting) => $"https://us02web.zoom.us/j/{85746065430 + meeting}?pwd=abc.1&from=addon";

    protected override Reply Handle(RecordedRequest request) => (request.Method, request.Path) switch
    {
        ("POST", "/oauth/token") => Token(request),
        ("POST", "/v2/users/me/meetings") => _tokens.ContainsKey(request.BearerToken ?? "") ? Create(request) : Refuse(401, 124, "Invalid access token."),
        _ => Refuse(404, 1001, "User does not exist."),
    };

    private Reply Token(RecordedRequest request)
    {
        var form = QueryHelpers.ParseQuery(request.Body);
        if (request.Header("Authorization") != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("your-client-id:your-client-secret")))
        {
            return new Reply(401, """{"reason":"Invalid client_id or client_secret","error":"invalid_client"}""");
        }

        if (request.MediaType("Content-Type") != "application/x-www-form-urlencoded" || form["grant_type"] != "account_credentials" || form["account_id"] != "your-account-id")
        {
            return new Reply(400, """{"reason":"unsupported grant type","error":"unsupported_grant_type"}""");
        }

        var token = Guid.NewGuid().ToString("N");
        _tokens[token] = true;
        return new Reply(200, $$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":3600,"scope":"meeting:write:admin","api_url":"https://api.zoom.us"}""");
    }

    private Reply Create(RecordedRequest request)
    {
        if (request.MediaType("Content-Type") != "application/json" || JsonNode.Parse(request.Body) is not JsonObject meeting)
        {
            return Refuse(400, 300, "Request Body should be a valid JSON object.");
        }

        string[] wrong =
        [
            .. meeting["topic"] is JsonValue topic && topic.TryGetValue(out string? name) && name.Length is > 0 and <= 200 ? [] : new[] { "topic" },
            .. meeting["type"] is JsonValue type && type.TryGetValue(out int kind) && kind is 1 or 2 or 3 or 8 ? [] : new[] { "type" },
            .. meeting["start_time"] is JsonValue start && DateTime.TryParseExact(start.ToString(), ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : new[] { "start_time" },
            .. meeting["duration"] is null || (meeting["duration"] is JsonValue duration && duration.TryGetValue(out int _)) ? [] : new[] { "duration" },
            .. meeting["agenda"]?.GetValue<string>().Length > 2000 ? new[] { "agenda" } : [],
            .. (meeting["settings"] as JsonObject ?? []).Where(setting => setting.Value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)).Select(setting => $"settings.{setting.Key}"),
        ];
        if (wrong.Length > 0)
        {
            return Reply.Json(400, new JsonObject
            {
                ["code"] = 300,
                ["message"] = "Validation Failed.",
                ["errors"] = new JsonArray([.. wrong.Select(field => new JsonObject { ["field"] = field, ["message"] = "Invalid field." })]),
            });
        }

        lock (_meetings)
        {
            _meetings.Enqueue(meeting);
            var answer = meeting.DeepClone().AsObject();
            answer["id"] = 85746065430 + _meetings.Count;
            answer["join_url"] = LinkOf(_meetings.Count);
            answer["start_url"] = "https://us02web.zoom.us/s/1?zak=the-hosts-own-key";
            answer["password"] = "abc";
            return Reply.Json(201, answer);
        }
    }

    private static Reply Refuse(int status, int code, string message) => Reply.Json(status, new JsonObject { ["code"] = code, ["message"] = message });
}
