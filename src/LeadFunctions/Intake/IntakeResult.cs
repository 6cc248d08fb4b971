using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake;

/// <summary>What became of a body.</summary>
internal abstract record IntakeResult
{
    private static string Word(bool value) => value ? "true" : "false";

    private static Task WriteAsync(HttpResponse response, LeadId id, bool isRepeat, string more)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"leadId":"{{id}}","status":"accepted","duplicate":{{Word(isRepeat)}}{{more}}}""");
        response.StatusCode = StatusCodes.Status202Accepted;
        // Relative: behind the Functions host the program doesn't know the name that the caller used.
        response.Headers.Location = $"/api/runs/{id}";
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length);
    }

    /// <summary>It is on disk, or repeats a lead that is.</summary>
    internal sealed record Accepted(LeadId LeadId, bool IsRepeat, int Destinations) : IntakeResult
    {
        public Task WriteAsync(HttpResponse response) => IntakeResult.WriteAsync(response, LeadId, IsRepeat, "");
    }

    /// <summary>It was about several customers, and a lead of each is on disk. There is at least one.</summary>
    internal sealed record AcceptedAll(IReadOnlyList<Accepted> Leads) : IntakeResult
    {
        public Task WriteAsync(HttpResponse response)
        {
            var each = Leads.Select(lead => $$"""{"leadId":"{{lead.LeadId}}","duplicate":{{Word(lead.IsRepeat)}}}""");
            var more = $""","leads":[{string.Join(',', each)}]""";
            return IntakeResult.WriteAsync(response, Leads[0].LeadId, Leads.All(lead => lead.IsRepeat), more);
        }
    }

    /// <summary>The refused body was made a lead before.</summary>
    internal sealed record ReplayedBefore : IntakeResult;

    /// <summary>It was not accepted, and is kept under <paramref name="RefusedId"/>.</summary>
    internal sealed record Refused(int HttpStatus, IReadOnlyList<Violation> Violations, LeadId RefusedId) : IntakeResult;
}
