using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary><c>POST /api/leads</c>: where the marketplace sends leads.</summary>
internal static class LeadEndpoints
{
    private const string Path = "/api/leads";

    /// <summary>
    /// Before routing: the first lead after a start needn't wait until the table of all routes is built. What is spelled otherwise,
    /// and other methods, are routing's business.
    /// </summary>
    public static void UseLeads(this IApplicationBuilder app)
    {
        var post = Handler(app.ApplicationServices);
        app.Use(next =>
            context => HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value == Path ? post(context) : next(context));
    }

    public static void MapLeads(this IEndpointRouteBuilder routes) => routes.MapPost(Path, Handler(routes.ServiceProvider));

    public static RequestDelegate Handler(IServiceProvider services)
    {
        var gate = services.GetRequiredService<IntakeGate>();
        var intake = services.GetRequiredService<LeadIntake>();
        var responses = services.GetRequiredService<IntakeResponses>();
        return context => PostAsync(context, gate, intake, responses);
    }

    private static async Task PostAsync(HttpContext context, IntakeGate gate, LeadIntake intake, IntakeResponses responses)
    {
        LeadTracing.Route(Path);
        if (await gate.AdmitAsync(context))
        {
            await responses.WriteAsync(context, "lead", intake.AcceptAsync(context.Request));
        }
    }
}
