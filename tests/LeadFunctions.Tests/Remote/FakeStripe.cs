using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>Stripe's "Create a payment link" (API 2025-11-17.clover): form in, JSON out, and idempotent requests.</summary>
internal sealed class FakeStripe : LoopbackServer
{
    private static readonly string[] Known =
        ["line_items[0][price]", "line_items[0][quantity]", "restrictions[completed_sessions][limit]"];

    private readonly ConcurrentDictionary<string, (string Body, Reply Reply)> _answers = new();
    private int _links;

    /// <summary>The links that exist.</summary>
    public int Links => Volatile.Read(ref _links);

    public static async Task<FakeStripe> StartAsync()
    {
        var server = new FakeStripe();
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request)
    {
        if (request.BearerToken is not { } key || !key.StartsWith("rk_", StringComparison.Ordinal))
        {
            return Refuse(401, $"Invalid API Key provided: {request.BearerToken?[..3]}***", null);
        }

        if (request is not { Method: "POST", Path: "/v1/payment_links" })
        {
            return Refuse(404, $"Unrecognized request URL ({request.Method}: {request.Path}).", null);
        }

        if (request.MediaType("Content-Type") != "application/x-www-form-urlencoded")
        {
            return Refuse(400, "Invalid request (check that your POST content type is application/x-www-form-urlencoded).", null);
        }

        if (request.Header("Idempotency-Key") is not { Length: <= 255 } id)
        {
            return Create(request);
        }

        var (body, reply) = _answers.GetOrAdd(id, _ => (request.Body, Create(request)));
        return body == request.Body ? reply : Refuse(400, "Keys for idempotent requests can only be used with the same parameters they were first used with.", null);
    }

    private Reply Create(RecordedRequest request)
    {
        var form = QueryHelpers.ParseQuery(request.Body).ToDictionary(field => field.Key, field => field.Value.ToString());
        if (form.Keys.Except(Known).FirstOrDefault(name => !(name.StartsWith("metadata[", StringComparison.Ordinal) && name.EndsWith(']'))) is { } unknown)
        {
            return Refuse(400, $"Received unknown parameter: {unknown}", unknown);
        }

        if (!form.TryGetValue("line_items[0][price]", out var price) || !form.ContainsKey("line_items[0][quantity]"))
        {
            return Refuse(400, "Missing required param: line_items[0][price].", "line_items[0][price]");
        }

        if (!price.StartsWith("price_", StringComparison.Ordinal))
        {
            return Refuse(400, $"No such price: '{price}'", "line_items[0][price]");
        }

        if (form.Keys.FirstOrDefault(name => !name.StartsWith("metadata", StringComparison.Ordinal) && name != "line_items[0][price]" && !int.TryParse(form[name], NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { } number)
        {
            return Refuse(400, $"Invalid integer: {form[number]}", number);
        }

        if (form.FirstOrDefault(field => field.Key.StartsWith("metadata", StringComparison.Ordinal) && field.Value.Length > 500).Key is { } tooLong)
        {
            return Refuse(400, $"Metadata values can have up to 500 characters, but you passed in a value that is {form[tooLong].Length} characters.", tooLong);
        }

        var link = Interlocked.Increment(ref _links);
        return Reply.Json(200, new JsonObject { ["id"] = $"plink_{link}", ["object"] = "payment_link", ["active"] = true, ["url"] = $"https://buy.stripe.com/test_{link}", ["metadata"] = new JsonObject { ["lead_id"] = form.GetValueOrDefault("metadata[lead_id]") } });
    }

    private static Reply Refuse(int status, string message, string? parameter) =>
        Reply.Json(status, new JsonObject { ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["message"] = message, ["param"] = parameter } });
}
