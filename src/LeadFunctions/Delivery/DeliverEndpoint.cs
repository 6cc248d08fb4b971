using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>
/// <c>POST /deliver</c>: the Functions host's timer. It keeps the app awake until what is due has been tried and what is old has been
/// removed, and its answer is what the host expects of a function without outputs.
/// </summary>
internal static class DeliverEndpoint
{
    /// <summary>The timer comes each minute and never twice at once; a call that takes longer goes on in the next.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(55);

    /// <summary>The rest is for what is old, however many leads there are.</summary>
    private static readonly TimeSpan MostTimeDelivering = TimeSpan.FromSeconds(50);

    private static readonly byte[] Done = """{"Outputs":{},"Logs":[],"ReturnValue":null}"""u8.ToArray();

    /// <param name="before">What else is to be done while the app is awake, before deliveries.</param>
    public static void MapDeliver(this IEndpointRouteBuilder routes, Func<CancellationToken, Task>? before)
    {
        var delivery = routes.ServiceProvider.GetRequiredService<DeliveryService>();
        var retention = routes.ServiceProvider.GetRequiredService<Retention>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var stopping = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        routes.MapPost("/deliver", (RequestDelegate)RunAsync);

        async Task RunAsync(HttpContext context)
        {
            using var most = new CancellationTokenSource(MostTime, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(most.Token, stopping, context.RequestAborted);
            using var mostDelivering = new CancellationTokenSource(MostTimeDelivering, time);
            using var endDelivering = CancellationTokenSource.CreateLinkedTokenSource(mostDelivering.Token, end.Token);
            await UntilStoppedAsync(DeliverAsync(endDelivering.Token));
            await UntilStoppedAsync(retention.RunDueAsync(end.Token));

            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Done, context.RequestAborted);
        }

        async Task DeliverAsync(CancellationToken stop)
        {
            await (before?.Invoke(stop) ?? Task.CompletedTask);
            await delivery.RunDueAsync(stop);
        }
    }

    private static async Task UntilStoppedAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // Deliveries go on in the background, and the next call waits for them again; what is old goes on with the next call.
        }
    }
}
