using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>Answers posts: who may send, how much, what became of it.</summary>
internal sealed partial class IntakePosts(LeadKeeper keeper, IntakeGate gate, IntakeOptions options, ILogger<IntakePosts> logger)
{
    private const string RetryAfterSeconds = "5";

    /// <param name="noun">What is posted: "lead".</param>
    /// <param name="take">What becomes of a body that may be one.</param>
    public async Task AnswerAsync(HttpContext context, string noun, string source, string? happening, Func<PostedBody, Task<IntakeResult>> take)
    {
        if (await gate.RefusalAsync(context) is { } refusal)
        {
            await RefuseCallerAsync(context, refusal);
            return;
        }

        var body = await RequestBody.ReadAsync(context.Request.BodyReader, options.MaxBodyBytes, context.RequestAborted);
        try
        {
            await AnswerAsync(context, noun, await TakeAsync(context.Request, body, noun, source, happening, take));
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

    private Task<IntakeResult> TakeAsync(HttpRequest request, RequestBody body, string noun, string source, string? happening, Func<PostedBody, Task<IntakeResult>> take)
    {
        if (body.TooLarge)
        {
            var fault = new Violation("", $"is larger than {options.MaxBodyBytes} bytes (Intake:MaxBodyBytes); send a smaller one. Its beginning is kept");
            return keeper.RefuseAsync(source, happening, StatusCodes.Status413PayloadTooLarge, [fault], body.Bytes);
        }

        var (posted, status, unread) = PostedBody.Read(request, body.Bytes, options.MaxBodyBytes);
        if (unread is not null)
        {
            if (status == StatusCodes.Status415UnsupportedMediaType)
            {
                request.HttpContext.Response.Headers.AcceptEncoding = ContentCoding.Known;
            }

            return keeper.RefuseAsync(source, happening, status!.Value, [unread], posted.Kept);
        }

        if (IsForm(request.ContentType) && !BodyFault.IsObject(posted.Text))
        {
            // curl calls JSON a form when nobody says what it is: only what is no JSON is one.
            var fault = new Violation("", $"is a form; send the {noun} as JSON (Content-Type: application/json)");
            return keeper.RefuseAsync(source, happening, StatusCodes.Status415UnsupportedMediaType, [fault], posted.Kept);
        }

        return take(posted);
    }

    private Task AnswerAsync(HttpContext context, string noun, IntakeResult result)
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

    private static Task RefuseCallerAsync(HttpContext context, int status)
    {
        LeadMetrics.TurnAway(status);
        if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
            return new Problem(status, "Too many posts", "More posts a second than Intake:RateLimit allows for this key. Send it again after the time in Retry-After.").WriteAsync(context);
        }

        if (status == StatusCodes.Status403Forbidden)
        {
            return new Problem(
                status,
                "From another site",
                "By its Sec-Fetch-Site or Origin header another site's page made a browser send this. Without Intake:Keys that is not taken: set a key, and send it along.").WriteAsync(context);
        }

        return new Problem(status, "The key is missing or wrong", "Append ?code=KEY to the URL, or send the key in the x-functions-key header. KEY is one of Intake:Keys; without any, posts are taken only from this machine itself and by its own name (localhost), not by way of a proxy.").WriteAsync(context);
    }

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase));

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Debug, "Lead {LeadId} accepted (repeat: {IsRepeat}).")]
        public static partial void Accepted(ILogger logger, LeadId leadId, bool isRepeat);

        [LoggerMessage(1004, LogLevel.Warning, "Lead {LeadId} is kept, but no destination takes it: see the Sources, Events and When of Destinations.")]
        public static partial void NoDestination(ILogger logger, LeadId leadId);

        [LoggerMessage(1002, LogLevel.Warning, "A body was refused with {HttpStatus}, {Violations} violations; kept as {RefusedId}.")]
        public static partial void Refused(ILogger logger, LeadId refusedId, int httpStatus, int violations);

        [LoggerMessage(1003, LogLevel.Error, "A body could not be stored and was answered with 503.")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception);
    }
}
