using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeadFunctions.Tests.Remote;

/// <summary>One request as it came over the wire.</summary>
/// <param name="PathAndQuery">As sent, not decoded.</param>
/// <param name="Headers">By name without regard to case; several values are joined by ", ".</param>
internal sealed record RecordedRequest(
    string Method,
    string PathAndQuery,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Content,
    DateTimeOffset Time)
{
    public string Path { get; } = PathAndQuery.Split('?', 2)[0];

    public string Query { get; } = PathAndQuery.Split('?', 2) is [_, var query] ? query : "";

    public string Body => Encoding.UTF8.GetString(Content.Span);

    public JsonObject Json => JsonNode.Parse(Content.Span)!.AsObject();

    /// <summary>The token after "Bearer "; null with any other authorization or none.</summary>
    public string? BearerToken =>
        Header("Authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..] : null;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>"application/json" of "application/json; charset=utf-8"; null without the header.</summary>
    public string? MediaType(string header) => Header(header)?.Split(';')[0].Trim().ToLowerInvariant();

    public static async Task<RecordedRequest> ReadAsync(HttpContext context, DateTimeOffset time)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        return new RecordedRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value.ToArray()), StringComparer.OrdinalIgnoreCase),
            content.ToArray(),
            time);
    }
}
