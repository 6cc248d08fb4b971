using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>An error answer as a caller reads it.</summary>
internal sealed record ProblemAnswer(IReadOnlyList<Violation> Errors, LeadId? RefusedId)
{
    public IEnumerable<string> Paths => Errors.Select(error => error.Path).Order(StringComparer.Ordinal);

    /// <summary>Reads an answer that must be a problem of this status, and holds what every one must hold.</summary>
    public static async Task<ProblemAnswer> ReadAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var root = JsonElement.Parse(text);
        Assert.Equal((int)status, root.GetProperty("status").GetInt32());
        Assert.NotEmpty(root.GetProperty("title").GetString()!);
        Assert.NotEmpty(root.GetProperty("detail").GetString()!);
        return new ProblemAnswer(
            root.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateArray().Select(error => new Violation(error.GetProperty("path").GetString()!, error.GetProperty("message").GetString()!))] : [],
            root.TryGetProperty("refusedId", out var id) ? LeadId.Parse(id.GetString()!) : null);
    }

    public static Task<ProblemAnswer> RefuseAsync(LeadApp app, string body) => RefuseAsync(app, Encoding.UTF8.GetBytes(body));

    /// <summary>Posts a body that must be refused with 400, and finds it kept byte for byte with the same errors.</summary>
    public static async Task<ProblemAnswer> RefuseAsync(LeadApp app, byte[] body)
    {
        using var response = await app.PostAsync(new ByteArrayContent(body));
        var answer = await ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.NotEmpty(answer.Errors);
        var kept = await app.Store.FindRefusedAsync(answer.RefusedId!.Value);
        Assert.NotNull(kept);
        Assert.Equal(body, kept.Body.ToArray());
        Assert.Equal(answer.Errors, kept.Violations);
        Assert.Equal((400, Sources.Marketplace), (kept.HttpStatus, kept.Source));
        return answer;
    }
}
