using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake;

/// <summary>What became of a body.</summary>
internal abstract record IntakeResult
{
    /// <summary>It is on disk, or repeats a lead that is.</summary>
    internal sealed record Accepted(LeadId LeadId, bool IsRepeat, int Destinations) : IntakeResult
    {
        public Task WriteAsync(HttpResponse response)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"leadId":"{{LeadId}}","status":"accepted","duplicate":{{(IsRepeat ? "true" : "false")}}}""");
            response.StatusCode = StatusCodes.Status202Accepted;
            // Relative: behind the Functions host the program doesn't know the name that the caller used.
            response.Headers.Location = $"/api/runs/{LeadId}";
            response.ContentType = "application/json";
            response.ContentLength = body.Length;
            return response.Body.WriteAsync(body, 0, body.Length);
        }
    }

    /// <summary>The refused body was made a lead before.</summary>
    internal sealed record ReplayedBefore : IntakeResult;

    /// <summary>It was not accepted, and is kept under <paramref name="RefusedId"/>.</summary>
    internal sealed record Refused(int HttpStatus, IReadOnlyList<Violation> Violations, LeadId RefusedId) : IntakeResult;
}
