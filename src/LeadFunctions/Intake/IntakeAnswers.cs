using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>Answers a post by what became of its body: 202, a problem with every fault, or 503 when the store is away.</summary>
internal sealed partial class IntakeAnswers(ILogger<IntakeAnswers> logger)
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
            Log.StoreUnavailable(logger, exception);
            LeadMetrics.TurnAway(StatusCodes.Status503ServiceUnavailable);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            var known = exception.MayBeStored
                ? "It is not known whether it is stored. Send it again after the time in Retry-After: "
                  + $"if it is, that is recognised, and it does not become a second {noun}."
                : "It was not accepted. Send it again after the time in Retry-After.";
            await new Problem(StatusCodes.Status503ServiceUnavailable, $"The {noun} could not be stored", known).WriteAsync(context);
        }
    }

    private Task WriteAsync(HttpContext context, string noun, IntakeResult result)
    {
        switch (result)
        {
            case IntakeResult.Accepted accepted:
                Note(accepted);
                return accepted.WriteAsync(context.Response);
            case IntakeResult.AcceptedAll all:
                foreach (var accepted in all.Leads)
                {
                    Note(accepted);
                }

                return all.WriteAsync(context.Response);
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

        [LoggerMessage(1003, LogLevel.Error, "A body could not be stored and was answered with 503.")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception);
    }
}
