namespace LeadFunctions.Hosting;

/// <summary>
/// Answers a function's requests with endpoints of its own, and never throws: an exception that leaves a function is an empty 500, and its
/// message is in the host's log.
/// </summary>
internal sealed partial class FunctionPipeline : IResult
{
    private readonly RequestDelegate _answer;
    private readonly ILogger _logger;

    /// <param name="handler">Answers all of them, without routing.</param>
    public FunctionPipeline(IServiceProvider services, RequestDelegate handler)
        : this(services, app => app.Run(handler))
    {
    }

    public FunctionPipeline(IServiceProvider services, Action<IEndpointRouteBuilder> map)
        : this(services, app => app.UseRouting().UseEndpoints(map))
    {
    }

    private FunctionPipeline(IServiceProvider services, Action<IApplicationBuilder> use)
    {
        _logger = services.GetRequiredService<ILogger<FunctionPipeline>>();
        var app = new ApplicationBuilder(services);
        app.UseAnswers();
        use(app);
        _answer = app.Build();
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var gone = CancellationToken.None;
        try
        {
            // When the caller goes away the worker's server is through with the request, while this may still be storing a lead: the
            // context may be gone then.
            gone = httpContext.RequestAborted;
            // The worker has routed by the functions' own routes already. What counts is the path, among the endpoints of this function.
            httpContext.SetEndpoint(null);
            httpContext.Request.RouteValues = [];
            await _answer(httpContext);
        }
#pragma warning disable CA1031 // Whatever it is, the host may not learn its message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!gone.IsCancellationRequested && exception is not ObjectDisposedException)
            {
                // The answer has begun already; that it can't be finished must not look like its end.
                Log.Unexpected(_logger, exception.GetType().Name, Environment.NewLine, exception.StackTrace);
                httpContext.Abort();
            }
        }
    }

    private static partial class Log
    {
        // Not the message: it may quote what was sent.
        [LoggerMessage(3002, LogLevel.Error, "An answer broke off unexpectedly: {ExceptionType}{NewLine}{StackTrace}")]
        public static partial void Unexpected(ILogger logger, string exceptionType, string newLine, string? stackTrace);
    }
}
