using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>Dataverse and SendGrid as they answer when all is well, after a wait that can be set. They count what arrived and keep nothing.</summary>
internal sealed class RemoteSystems : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeSpan _wait;
    private readonly int[] _arrived = new int[2];
    private long _lastArrival;

    private RemoteSystems(TimeSpan wait)
    {
        _wait = wait;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.MapPost("/api/data/v9.2/leads", (RequestDelegate)(context => TakeAsync(context, 0, StatusCodes.Status204NoContent, "OData-EntityId")));
        _app.MapPost("/v3/mail/send", (RequestDelegate)(context => TakeAsync(context, 1, StatusCodes.Status202Accepted, "X-Message-Id")));
    }

    public LoopbackDestinations Destinations => new(new Uri(_app.Urls.First()), new Uri(_app.Urls.First()));

    /// <summary>How many leads have arrived at both.</summary>
    public int Arrived => Math.Min(Volatile.Read(ref _arrived[0]), Volatile.Read(ref _arrived[1]));

    /// <summary>When the latest one came, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long LastArrival => Volatile.Read(ref _lastArrival);

    public static async Task<RemoteSystems> StartAsync(TimeSpan wait = default)
    {
        var remote = new RemoteSystems(wait);
        await remote._app.StartAsync();
        return remote;
    }

    public async Task WaitForAsync(int leads, TimeSpan most)
    {
        var started = Stopwatch.GetTimestamp();
        while (Arrived < leads)
        {
            if (Stopwatch.GetElapsedTime(started) > most)
            {
                throw new InvalidOperationException($"Only {Arrived} of {leads} leads arrived at both destinations within {most.TotalSeconds:0} s.");
            }

            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context, int system, int status, string header)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        Volatile.Write(ref _lastArrival, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _arrived[system]);
        if (_wait > TimeSpan.Zero)
        {
            await Task.Delay(_wait, context.RequestAborted);
        }

        context.Response.StatusCode = status;
        context.Response.Headers[header] = "00000000-0000-0000-0000-000000000000";
    }
}
