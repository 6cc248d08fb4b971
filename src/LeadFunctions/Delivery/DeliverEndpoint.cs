namespace LeadFunctions.Delivery;

/// <summary>
/// <c>POST /deliver</c>: the Functions host's timer. It keeps the app awake until what is due has been tried, and its answer is
/// what the host expects of a function without outputs.
/// </summary>
internal static class DeliverEndpoint
{
    /// <summary>The timer comes each minute and never twice at once; a call that takes longer goes on in the next.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(55);

    private static readonly byte[] Done = """{"Outputs":{},"Logs":[],"ReturnValue":null}"""u8.ToArray();

    /// <param name="before">What else is to be done while the app is awake, before deliveries.</param>
    public static void MapDeliver(this IEndpointRouteBuilder routes, Func<CancellationToken, Task>? before)
    {
        var delivery = routes.ServiceProvider.GetRequiredService<DeliveryService>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var stopping = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        routes.MapPost("/deliver", (RequestDelegate)(context => RunAsync(context, before, delivery, time, stopping)));
    }

    private static async Task RunAsync(HttpContext context, Func<CancellationToken, Task>? before, DeliveryService delivery, TimeProvider time, CancellationToken stopping)
    {
        using var most = new CancellationTokenSource(MostTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(most.Token, stopping, context.RequestAborted);
        try
        {
            await (before?.Invoke(either.Token) ?? Task.CompletedTask);
            await delivery.RunDueAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The work goes on in the background; the next call waits for them again.
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Done, context.RequestAborted);
    }
}
