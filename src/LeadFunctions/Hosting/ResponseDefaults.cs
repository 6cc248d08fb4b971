using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LeadFunctions.Hosting;

/// <summary>What every answer has, and what becomes of requests that no endpoint could answer.</summary>
internal static partial class ResponseDefaults
{
    public static void UseResponseDefaults(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ResponseDefaults));
        app.Use(next => context => AnswerAsync(context, next, logger));
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        if (!MayHaveBody(context) && context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone already, and has sent nothing to be kept. With HTTP/2 that costs a caller next to nothing, again and
            // again.
            return;
        }

        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Features.Get<ITlsHandshakeFeature>() is not null && !Forwarded.IsThisMachine(context.Request.Host.Host))
        {
            // Where something else ends TLS, it says so itself. This machine's own names serve other programs too.
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await Problem.ForStatus(context.Response.StatusCode).WriteAsync(context);
            }
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await Problem.ForStatus(exception.StatusCode).WriteAsync(context);
        }
        catch (Exception exception)
            when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The caller is gone: there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            Log.Unexpected(logger, context.Request.Method, exception.GetType().Name, exception.StackTrace);
            context.Response.Clear();
            await Problem.ForStatus(StatusCodes.Status500InternalServerError).WriteAsync(context);
        }
    }

    private static bool MayHaveBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    private static partial class Log
    {
        // Not the message: it may quote what was sent.
        [LoggerMessage(3001, LogLevel.Error, "A {Method} request failed unexpectedly: {ExceptionType}{NewLine}{StackTrace}")]
        private static partial void UnexpectedCore(ILogger logger, string method, string exceptionType, string newLine, string? stackTrace);

        public static void Unexpected(ILogger logger, string method, string exceptionType, string? stackTrace) =>
            UnexpectedCore(logger, method, exceptionType, Environment.NewLine, stackTrace);
    }
}
