using LeadFunctions.Appointments;
using LeadFunctions.Hosting;
using LeadFunctions.Hosting.Health;
using LeadFunctions.Intake;
using LeadFunctions.Runs;

namespace LeadFunctions;

/// <summary>
/// The ASP.NET Core pipeline of each HTTP function: the same endpoints as alone, with the same paths (<c>/api</c> is part of them, so a
/// <c>routePrefix</c> of host.json can't be another). A function has its own endpoints and no others: the host checks a key for some
/// functions alone, and no path of one function may lead to another's endpoints. No exception leaves a pipeline.
/// </summary>
internal sealed partial class FunctionEndpoints(IServiceProvider services)
{
    // Not Mapped, which builds a table of routes: it has one route, and the first lead after a start waits for nothing else.
    public IResult Leads { get; } = new Pipeline(services, app => app.Run(LeadEndpoints.Handler(services)));

    public IResult Appointments { get; } = Mapped(services, AppointmentEndpoints.MapAppointments);

    public IResult Runs { get; } = Mapped(services, RunEndpoints.MapRuns);

    public IResult Health { get; } = Mapped(services, HealthEndpoints.MapHealth);

    public IResult OpenApi { get; } = Mapped(services, OpenApiEndpoint.MapOpenApi);

    private static Pipeline Mapped(IServiceProvider services, Action<IEndpointRouteBuilder> map) =>
        new(services, app => app.UseRouting().UseEndpoints(map));

    /// <summary>
    /// Answers a function's requests, and never throws: an exception that leaves a function is an empty 500, and its message is in the
    /// host's log.
    /// </summary>
    private sealed class Pipeline(IServiceProvider services, Action<IApplicationBuilder> use) : IResult
    {
        private readonly ILogger _logger = services.GetRequiredService<ILogger<FunctionEndpoints>>();
        private RequestDelegate? _answer;
        private object? _making;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            // When the caller goes away the worker's server is through with the request, while this may still be storing a lead.
            CancellationToken gone;
            try
            {
                gone = httpContext.RequestAborted;
            }
            catch (ObjectDisposedException)
            {
                // He went before anything began.
                return;
            }

            try
            {
                // The worker has routed by the functions' own routes already. What counts is the path, among this function's endpoints.
                httpContext.SetEndpoint(null);
                httpContext.Request.RouteValues = [];
                // Made by the first request. What failed is tried again by the next.
                await LazyInitializer.EnsureInitialized(ref _answer, ref _making, Make)(httpContext);
            }
#pragma warning disable CA1031 // Whatever it is, the host may not learn its message.
            catch (Exception exception) when (!gone.IsCancellationRequested)
            {
                // The answer has begun already; that it can't be finished must not look like its end.
                Log.Unexpected(_logger, exception.GetType().Name, Environment.NewLine, exception.StackTrace);
                Abort(httpContext);
            }
            catch (Exception)
            {
                // Nobody waits for the answer, and the context is gone.
            }
#pragma warning restore CA1031
        }

        private static void Abort(HttpContext context)
        {
            try
            {
                context.Abort();
            }
            catch (ObjectDisposedException)
            {
                // The server has ended it already.
            }
        }

        private RequestDelegate Make()
        {
            var app = new ApplicationBuilder(services);
            app.UseResponseDefaults();
            use(app);
            return app.Build();
        }
    }

    private static partial class Log
    {
        // Not the message: it may quote what was sent.
        [LoggerMessage(3002, LogLevel.Error, "An answer broke off unexpectedly: {ExceptionType}{NewLine}{StackTrace}")]
        public static partial void Unexpected(ILogger logger, string exceptionType, string newLine, string? stackTrace);
    }
}
