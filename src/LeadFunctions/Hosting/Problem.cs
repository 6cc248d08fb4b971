using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Hosting;

/// <summary>An error answer: <c>application/problem+json</c> (RFC 9457), with the violations of a refused body.</summary>
internal sealed record Problem(
    int Status,
    string Title,
    string Detail,
    IReadOnlyList<Violation>? Errors = null,
    string? RefusedId = null)
{
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/problem+json";
        var body = JsonSerializer.SerializeToUtf8Bytes(this, ProblemJson.Readable.Problem);
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, 0, body.Length);
    }

    /// <summary>Answers that the framework gives without a body: no route, wrong method.</summary>
    public static Problem ForStatus(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => new Problem(
                status,
                "Not found",
                "There is nothing at this path. Leads are posted to /api/leads, appointments to /api/appointments/created, "
                + "/updated or /cancelled."),
            StatusCodes.Status405MethodNotAllowed => new Problem(
                status,
                "Method not allowed",
                "This path does not take the request's method; see the Allow header."),
            StatusCodes.Status408RequestTimeout => new Problem(status, "Request timeout", "The body came too slowly. Send it again."),
            StatusCodes.Status413PayloadTooLarge => new Problem(status, "Body too large", "The request is larger than this server takes."),
            >= 500 => new Problem(status, "Something went wrong", "The request was not processed. The program's log has the reason."),
            _ => new Problem(status, "Bad request", "The request could not be read."),
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Quotes and letters as they are: the answer is read by people, and never as HTML.</summary>
    public static ProblemJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
