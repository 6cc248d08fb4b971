using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Intake;

/// <summary><c>POST /api/leads</c>: where the marketplace sends leads.</summary>
internal static partial class LeadEndpoints
{
    private const string Path = "/api/leads";
    private const string RetryAfterSeconds = "5";

    /// <summary>
    /// Before routing: the first lead after a start needn't wait until the table of all routes is built. What is spelled otherwise,
    /// and other methods, are routing's business.
    /// </summary>
    public static void UseLeads(this IApplicationBuilder app)
    {
        var post = Handler(app.ApplicationServices);
        app.Use(next => context => HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value == Path ? post(context) : next(context));
    }

    public static void MapLeads(this IEndpointRouteBuilder routes) => routes.MapPost(Path, Handler(routes.ServiceProvider));

    private static RequestDelegate Handler(IServiceProvider services)
    {
        var intake = services.GetRequiredService<LeadIntake>();
        var gate = services.GetRequiredService<IntakeGate>();
        var options = services.GetRequiredService<IntakeOptions>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LeadEndpoints));
        return context => PostAsync(context, intake, gate, options, logger);
    }

    private static async Task PostAsync(HttpContext context, LeadIntake intake, IntakeGate gate, IntakeOptions options, ILogger logger)
    {
        if (gate.Refusal(context.Request) is { } refusal)
        {
            await RefuseCallerAsync(context, refusal);
            return;
        }

        var body = await RequestBody.ReadAsync(context.Request.BodyReader, options.MaxBodyBytes, context.RequestAborted);
        try
        {
            await AnswerAsync(context, await TakeAsync(context.Request, body, intake, options), logger);
        }
        catch (StoreUnavailableException exception)
        {
            Log.StoreUnavailable(logger, exception);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await new Problem(StatusCodes.Status503ServiceUnavailable, "The lead could not be stored", "It was not accepted. Send it again after the time in Retry-After.").WriteAsync(context);
        }
    }

    private static Task<IntakeResult> TakeAsync(HttpRequest request, RequestBody body, LeadIntake intake, IntakeOptions options)
    {
        if (body.TooLarge)
        {
            var fault = new Violation("", $"is larger than {options.MaxBodyBytes} bytes (Intake:MaxBodyBytes); send a smaller one. Its beginning is kept");
            return intake.RefuseAsync(Sources.Marketplace, null, StatusCodes.Status413PayloadTooLarge, [fault], body.Bytes);
        }

        if (IsForm(request.ContentType))
        {
            var fault = new Violation("", "is a form; send the lead as JSON (Content-Type: application/json)");
            return intake.RefuseAsync(Sources.Marketplace, null, StatusCodes.Status415UnsupportedMediaType, [fault], body.Bytes);
        }

        return intake.TakeAsync(Sources.Marketplace, null, body.Bytes);
    }

    private static Task AnswerAsync(HttpContext context, IntakeResult result, ILogger logger)
    {
        switch (result)
        {
            case IntakeResult.Accepted accepted:
                Log.Accepted(logger, accepted.LeadId, accepted.IsRepeat);
                if (accepted.Destinations == 0)
                {
                    Log.NoDestination(logger, accepted.LeadId);
                }

                return accepted.WriteAsync(context.Response);
            case IntakeResult.Refused refused:
                Log.Refused(logger, refused.RefusedId, refused.HttpStatus, refused.Violations.Count);
                return new Problem(
                    refused.HttpStatus,
                    "The lead was refused",
                    "Each fault is in errors. The body is kept under refusedId.",
                    refused.Violations,
                    refused.RefusedId.ToString()).WriteAsync(context);
            default:
                throw new InvalidOperationException($"No answer for {result.GetType().Name}.");
        }
    }

    private static Task RefuseCallerAsync(HttpContext context, int status)
    {
        if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
            return new Problem(status, "Too many posts", "More posts a second than Intake:RateLimit allows for this key. Send it again after the time in Retry-After.").WriteAsync(context);
        }

        return new Problem(status, "The key is missing or wrong", "Append ?code=KEY to the URL, or send the key in the x-functions-key header. KEY is one of Intake:Keys; without any, leads are taken only from this machine itself, not by way of a proxy.").WriteAsync(context);
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
