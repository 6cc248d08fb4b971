using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Remote;

/// <summary>A request for people to read: method, address and body. Headers are left out, and so are the keys in them.</summary>
internal static class RequestText
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(HttpMethod method, Uri url, string body) => $"{method} {url}\n\n{body}";

    /// <summary>The body as it is sent and shown: letters of every script stand as they are, without escapes.</summary>
    public static string Json(JsonNode body) => body.ToJsonString(Readable);
}
