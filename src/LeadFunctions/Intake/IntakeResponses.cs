using System.Text;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>The response to a post: 202, a problem with every fault of the body, or 503 when the store is away.</summary>
internal sealed partial class IntakeResponses(ILogger<IntakeResponses> logger)
{
    private const string RetryAfterSeconds = "5";

    /// <param name="noun">What was posted: "lead".</param>
    /// <param name="accepting">Ends with what became of it.</param>
    public async Task WriteAsync(HttpContext context, string noun, Task<IntakeResult> accepting)
    {
        try
        {
            await WriteAsync(context, noun, await accepting);
        }
        catch (StoreUnavailableException exception)
        {
            Log.StoreUnavailable(logger, exception.Message);
            LeadMetrics.TurnAway(StatusCodes.Status503ServiceUnavailable);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            var known = exception.MayBeStored
                ? "It is not known whether it is stored. Send it again after the time in Retry-After: "
                  + $"if it is, that is recognised, and it does not become a second {noun}."
                : "It was not accepted. Send it again after the time in Retry-After.";
            await new Problem(StatusCodes.Status503ServiceUnavailable, $"The {noun} could not be stored", known).WriteAsync(context);
        }
    }

    /// <summary>202 with the lead's id.</summary>
    public static Task WriteAsync(HttpResponse response, IntakeResult.Accepted accepted) =>
        WriteAsync(response, accepted.LeadId, accepted.IsRepeat, "");

    /// <summary>202 with the first lead's id, and each of them.</summary>
    public static Task WriteAsync(HttpResponse response, IntakeResult.AcceptedAll all)
    {
        var each = all.Leads.Select(lead => $$"""{"leadId":"{{lead.LeadId}}","duplicate":{{Word(lead.IsRepeat)}}}""");
        var more = $""","leads":[{string.Join(',', each)}]""";
        return WriteAsync(response, all.Leads[0].LeadId, all.Leads.All(lead => lead.IsRepeat), more);
    }

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

    private static string Word(bool value) => value ? "true" : "false";

    private Task WriteAsync(HttpContext context, string noun, IntakeResult result)
    {
        switch (result)
        {
            case IntakeResult.Accepted accepted:
                Note(accepted);
                return WriteAsync(context.Response, accepted);
            case IntakeResult.AcceptedAll all:
                foreach (var accepted in all.Leads)
                {
                    Note(accepted);
                }

                return WriteAsync(context.Response, all);
            case IntakeResult.Refused refused:
                Log.Refused(logger, refused.RefusedId, refused.HttpStatus, refused.Violations.Count);
                return new Problem(
                    refused.HttpStatus,
                    $"The {noun} was refused",
                    "Each fault is in errors. The body is kept under refusedId.",
                    refused.Violations,
                    refused.RefusedId.ToString()).WriteAsync(context);
            default:
                throw new InvalidOperationException($"No answer for {result.GetType().Name}.");
        }
    }

    private void Note(IntakeResult.Accepted accepted)
    {
        Log.Accepted(logger, accepted.LeadId, accepted.IsRepeat);
        if (accepted.Destinations == 0)
        {
            Log.NoDestination(logger, accepted.LeadId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Debug, "Lead {LeadId} accepted (repeat: {IsRepeat}).")]
        public static partial void Accepted(ILogger logger, LeadId leadId, bool isRepeat);

        [LoggerMessage(
            1004,
            LogLevel.Warning,
            "Lead {LeadId} is kept, but no destination takes it: see the Sources, Events and When of Destinations.")]
        public static partial void NoDestination(ILogger logger, LeadId leadId);

        [LoggerMessage(1002, LogLevel.Warning, "A body was refused with {HttpStatus}, {Violations} violations; kept as {RefusedId}.")]
        public static partial void Refused(ILogger logger, LeadId refusedId, int httpStatus, int violations);

        // Without a stack, which says nothing more: there is a line for each post while the store is away.
        [LoggerMessage(1003, LogLevel.Error, "A body could not be stored and was answered with 503: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string reason);
    }
}
