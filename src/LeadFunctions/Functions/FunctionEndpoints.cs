using LeadFunctions.Appointments;
using LeadFunctions.Hosting;
using LeadFunctions.Hosting.Health;
using LeadFunctions.Intake;
using LeadFunctions.Runs;

namespace LeadFunctions.Functions;

/// <summary>
/// The ASP.NET Core pipeline of each HTTP function: the same endpoints as alone, with the same paths (<c>/api</c> is part of them, so a
/// <c>routePrefix</c> of host.json can't be another). A function has its own endpoints and no others: the host checks a key for some
/// functions alone, and no path of one function may lead to another's endpoints. No exception leaves a pipeline.
/// </summary>
internal sealed partial class FunctionEndpoints(IServiceProvider services)
{
    // Not Mapped, which builds a table of routes: it has one route, and the first lead after a start waits for nothing else.
    private readonly Lazy<IResult> _leads = new(() => new Pipeline(services, app => app.Run(LeadEndpoints.Handler(services))));
    private readonly Lazy<IResult> _appointments = Mapped(services, AppointmentEndpoints.MapAppointments);
    private readonly Lazy<IResult> _runs = Mapped(services, RunEndpoints.MapRuns);
    private readonly Lazy<IResult> _health = Mapped(services, HealthEndpoints.MapHealth);
    private readonly Lazy<IResult> _openApi = Mapped(services, OpenApiEndpoint.MapOpenApi);

    public IResult Leads => _leads.Value;

    public IResult Appointments => _appointments.Value;

    public IResult Runs => _runs.Value;

    public IResult Health => _health.Value;

    public IResult OpenApi => _openApi.Value;

    // What failed once is tried again.
    private static Lazy<IResult> Mapped(IServiceProvider services, Action<IEndpointRouteBuilder> map) =>
        new(() => new Pipeline(services, app => app.UseRouting().UseEndpoints(map)), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>
    /// Answers a function's requests, and never throws: an exception that leaves a function is an empty 500, and its message is in the
    /// host's log.
    /// </summary>
    private sealed class Pipeline : IResult
    {
        private readonly RequestDelegate _answer;
        private readonly ILogger _logger;

        public Pipeline(IServiceProvider services, Action<IApplicationBuilder> use)
        {
            _logger = services.GetRequiredService<ILogger<FunctionEndpoints>>();
            var app = new ApplicationBuilder(services);
            app.UseResponseDefaults();
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
                // The worker has routed by the functions' own routes already. What counts is the path, among this function's endpoints.
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
    }

    private static partial class Log
    {
        // Not the message: it may quote what was sent.
        [LoggerMessage(3002, LogLevel.Error, "An answer broke off unexpectedly: {ExceptionType}{NewLine}{StackTrace}")]
        public static partial void Unexpected(ILogger logger, string exceptionType, string newLine, string? stackTrace);
    }
}
