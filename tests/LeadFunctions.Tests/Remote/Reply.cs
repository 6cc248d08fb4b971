using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Remote;

/// <summary>An answer that is decided but not sent yet, so that a fault can still swallow it.</summary>
internal sealed record Reply(int Code, string? Body = null, string ContentType = "application/json", params IReadOnlyList<(string Name, string Value)> Headers)
{
    public static Reply Json(int code, JsonNode body, params IReadOnlyList<(string Name, string Value)> headers) =>
        new(code, body.ToJsonString(), "application/json", headers);

    public async Task SendAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers.Append(name, value);
        }

        if (Body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(Body);
            context.Response.ContentType = ContentType;
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
