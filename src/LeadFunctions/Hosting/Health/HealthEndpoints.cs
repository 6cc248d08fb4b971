using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Destinations;
using LeadFunctions.Store;

namespace LeadFunctions.Hosting.Health;

/// <summary>
/// <c>GET /api/health/live</c>: the program answers. <c>GET /api/health/ready</c>: it can take leads, and how late it is with delivering.
/// </summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<StoreHealth>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.ServiceProvider.GetRequiredService<StoreHealth>();
        routes.MapGet("/api/health/live", (RequestDelegate)(context => WriteAsync(context, new HealthReport("live"))));
        routes.MapGet("/api/health/ready", (RequestDelegate)(async context => await WriteAsync(context, await health.ReportAsync())));
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.StatusCode = report.Store is { Writable: false }
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        var body = JsonSerializer.SerializeToUtf8Bytes(report, HealthJson.Default.HealthReport);
        return context.Response.Body.WriteAsync(body, 0, body.Length);
    }
}

/// <summary>Asks the store whether it can take leads. Callers within a moment share an answer: the endpoint is open to all.</summary>
internal sealed class StoreHealth(IRunHistoryStore store, IReadOnlyList<ConfiguredDestination> destinations, TimeProvider time)
{
    private readonly TimeSpan _sharedFor = store.ChecksAreSharedFor;

    private readonly Lock _lock = new();
    private Task<HealthReport>? _latest;
    private DateTimeOffset _askedAt;

    public Task<HealthReport> ReportAsync()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_latest is null || now - _askedAt >= _sharedFor)
            {
                (_latest, _askedAt) = (AskAsync(now), now);
            }

            return _latest;
        }
    }

    private async Task<HealthReport> AskAsync(DateTimeOffset now)
    {
        try
        {
            var state = await store.CheckAsync(now);
            var missing = state
                .Unfinished.Keys.Except(destinations.Select(destination => destination.Name), StringComparer.Ordinal)
                .ToArray();
            return new HealthReport(
                "ready",
                new StoreReport(Writable: true),
                state.OldestDue is { } due ? (long)(now - due).TotalSeconds : 0,
                state.DeadLetters,
                state.Unfinished,
                missing.Length > 0 ? missing : null);
        }
        catch (StoreUnavailableException)
        {
            return new HealthReport("store unavailable", new StoreReport(Writable: false));
        }
    }
}

/// <param name="OldestDueSeconds">How long the longest-waiting delivery could have been tried already; 0 when none is due.</param>
/// <param name="Unfinished">Deliveries that have not arrived yet, by destination.</param>
/// <param name="NotConfigured">Destinations that deliveries wait for, but that the configuration doesn't have (any more).</param>
internal sealed record HealthReport(
    string Status,
    StoreReport? Store = null,
    long? OldestDueSeconds = null,
    int? DeadLetters = null,
    IReadOnlyDictionary<string, int>? Unfinished = null,
    IReadOnlyList<string>? NotConfigured = null);

/// <summary>Without the reason, which names files: the endpoint is open to all, and the log has it.</summary>
internal sealed record StoreReport(bool Writable);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
