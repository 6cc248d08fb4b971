using System.Text.Json;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using Microsoft.AspNetCore.Http.Features;

namespace LeadFunctions.Runs;

/// <summary>
/// Reads the parameters of an action. What can't be read is a fault, and so is what the action doesn't know: a misspelt parameter must not
/// do more than was meant.
/// </summary>
internal static class ActionQuery
{
    /// <summary>Says what an action would do, and does nothing.</summary>
    public const string DryRun = "dryRun";

    public static List<Violation> Unknown(HttpRequest request, params string[] known) =>
        [
            .. request
                .Query.Keys.Where(name => name != "code" && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
                .Select(name => new Violation(name, "is no parameter of this action")),
        ];

    public static bool IsDryRun(HttpRequest request, List<Violation> faults) => Flag(request, DryRun, faults);

    public static bool Flag(HttpRequest request, string name, List<Violation> faults) =>
        new QueryReader(request.Query, faults).Flag(name) ?? false;
}

/// <summary>
/// What an action says beside its address: a JSON object or a form, so that a page and a program can both send it. It is short, whether its
/// length was announced or not.
/// </summary>
internal static class ActionBody
{
    private const int MostBytes = 16 * 1024;

    private static readonly Problem TooLarge = new(
        StatusCodes.Status413PayloadTooLarge,
        "Body too large",
        $"The body of an action has at most {MostBytes} bytes. Nothing was done.");

    /// <summary>
    /// The text of one field; null when it is absent or blank, or the body is neither. A problem when nobody can say what the body holds.
    /// </summary>
    public static async Task<(string? Text, Problem? Fault)> TextAsync(HttpRequest request, string name)
    {
        var read = await PostedBody.ReadBytesAsync(request, MostBytes);
        if (read.IsTooLarge)
        {
            return (null, TooLarge);
        }

        try
        {
            var text = request.HasFormContentType ? await FormTextAsync(request, read.Bytes, name) : JsonText(read.Bytes, name);
            return (string.IsNullOrWhiteSpace(text) ? null : text.Trim(), null);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or NotSupportedException or InvalidOperationException)
        {
            var fault = new Violation($"/{name}", "is in a body that can't be read");
            return (
                null,
                new Problem(
                    StatusCodes.Status400BadRequest,
                    "The body can't be read",
                    $"It is no text, or not what its Content-Type says. Send it again, or as JSON: {{\"{name}\":\"…\"}}.",
                    [fault]));
        }
    }

    private static async Task<string?> FormTextAsync(HttpRequest request, ReadOnlyMemory<byte> body, string name)
    {
        request.Body = new MemoryStream(body.ToArray());
        return (await new FormFeature(request, new FormOptions()).ReadFormAsync(request.HttpContext.RequestAborted))[name];
    }

    private static string? JsonText(ReadOnlyMemory<byte> body, string name)
    {
        try
        {
            // By way of a stream, which may begin with a byte order mark.
            using var json = JsonDocument.Parse(new MemoryStream(body.ToArray()));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Who asks: the name of the key that they showed. Actions are recorded with it.</summary>
internal sealed record RunCaller(string Name);

internal static class RunCallers
{
    public static string CallerName(this HttpContext context) => context.Features.Get<RunCaller>()!.Name;
}
