using System.Text.Json;

namespace LeadFunctions.Health;

/// <summary><c>GET /api/health/live</c>: the program answers. <c>GET /api/health/ready</c>: it can take leads, and how late it is with delivering.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.ServiceProvider.GetRequiredService<StoreHealth>();
        routes.MapGet("/api/health/live", (RequestDelegate)(context => WriteAsync(context, new HealthReport("live"))));
        routes.MapGet("/api/health/ready", (RequestDelegate)(async context => await WriteAsync(context, await health.ReportAsync())));
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.StatusCode = report.Store is { Writable: false } ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        var body = JsonSerializer.SerializeToUtf8Bytes(report, HealthJson.Default.HealthReport);
        return context.Response.Body.WriteAsync(body, 0, body.Length);
    }
}
