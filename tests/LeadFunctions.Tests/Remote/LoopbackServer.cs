using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// A real HTTP server on a free port of 127.0.0.1 that stands for a remote system. It records every request, and can be told to
/// fail, to hold requests back, or to lose an answer. All members can be used from any thread.
/// </summary>
internal abstract class LoopbackServer : IAsyncDisposable
{
    /// <summary>What is waited for comes, be the machine as busy as it likes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<RecordedRequest> _requests = [];
    private readonly Queue<Fault> _faults = new();
    private readonly Signal _changed = new();
    private readonly CancellationTokenSource _closing = new();
    private WebApplication? _app;
    private Uri? _url;
    private Gate? _gate;
    private Fault? _always;
    private int _inFlight;
    private int _mostInFlight;

    public Uri Url => _url ?? throw new InvalidOperationException("The server isn't started.");

    /// <summary>All requests so far in the order of their arrival, those without an answer among them.</summary>
    public IReadOnlyList<RecordedRequest> Requests => Locked(() => _requests.ToArray());

    /// <summary>Requests that have arrived and aren't answered: held, hanging or being handled.</summary>
    public int InFlight => Locked(() => _inFlight);

    /// <summary>The most requests that were ever in flight at once.</summary>
    public int MostInFlight => Locked(() => _mostInFlight);

    /// <summary>What happens to every request for which <see cref="FailNext"/> has nothing; null: it is answered properly.</summary>
    public Fault? Always
    {
        get => Locked(() => _always);
        set => Locked(() => _always = value);
    }

    /// <summary>What happens to particular requests, before anything else is looked at; null: nothing of their own.</summary>
    public Func<RecordedRequest, Fault?>? FaultOf { get; set; }

    /// <summary>One fault for each of the next requests, in this order, after those that are still waiting.</summary>
    public void FailNext(params IReadOnlyList<Fault> faults) => Locked(() =>
    {
        foreach (var fault in faults)
        {
            _faults.Enqueue(fault);
        }
    });

    /// <summary>From now on requests wait, until the gate is released.</summary>
    public Gate Hold() => Locked(() => _gate is null or { IsOpen: true }
        ? _gate = new Gate()
        : throw new InvalidOperationException("Requests are held already; release that gate first."));

    /// <summary>Returns when the condition holds; it is looked at whenever a request arrives, takes effect or ends.</summary>
    public Task WaitForAsync(Func<bool> condition, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        _changed.WaitAsync(condition, timeout ?? Patience, () => Describe(what, timeout ?? Patience));

    /// <summary>Waits as <see cref="WaitForAsync(Func{bool}, TimeSpan?, string)"/> does, until <paramref name="look"/> finds something.</summary>
    public async Task<T> WaitForAsync<T>(Func<T?> look, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(look))] string what = "")
        where T : class
    {
        T? found = null;
        await WaitForAsync(() => (found = look()) is not null, timeout, what);
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _closing.CancelAsync();
            await _app.DisposeAsync();
            _app = null;
        }

        _closing.Dispose();
    }

    /// <summary>The real behaviour. Called by several threads at once.</summary>
    protected abstract Reply Handle(RecordedRequest request);

    protected async Task StartServerAsync()
    {
        // The empty builder: no settings files (each would cost a file watcher), no environment, no log.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync();
        _url = new Uri(_app.Urls.Single());
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
        try
        {
            var request = await RecordedRequest.ReadAsync(context, TimeProvider.System.GetUtcNow());
            var (fault, gate) = Arrive(request);
            try
            {
                await (gate?.PassAsync(gone.Token) ?? Task.CompletedTask);
                await ApplyAsync(fault, request, context, gone.Token);
            }
            finally
            {
                Locked(() => _inFlight--);
                _changed.Raise();
            }
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && gone.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private (Fault? Fault, Gate? Gate) Arrive(RecordedRequest request)
    {
        var own = FaultOf?.Invoke(request);
        var arrived = Locked(() =>
        {
            _requests.Add(request);
            _mostInFlight = Math.Max(_mostInFlight, ++_inFlight);
            return (own ?? (_faults.TryDequeue(out var next) ? next : _always), _gate);
        });
        _changed.Raise();
        return arrived;
    }

    private async Task ApplyAsync(Fault? fault, RecordedRequest request, HttpContext context, CancellationToken gone)
    {
        switch (fault)
        {
            case null:
                await Decide(request).SendAsync(context);
                break;
            case Fault.Answering answering:
                await answering.Reply.SendAsync(context);
                break;
            case Fault.Hanging hanging:
                if (hanging.AfterHandling)
                {
                    Decide(request);
                }

                await Task.Delay(Timeout.Infinite, gone);
                break;
            case Fault.Resetting resetting:
                if (resetting.AfterHandling)
                {
                    Decide(request);
                }

                context.Abort();
                break;
            case Fault.Delaying delaying:
                await Task.Delay(delaying.Time, gone);
                await Decide(request).SendAsync(context);
                break;
            case Fault.Holding holding:
                await holding.Told.WaitAsync(gone);
                await Decide(request).SendAsync(context);
                break;
            case Fault.Flooding flooding:
                await flooding.SendAsync(context, gone);
                break;
            default:
                throw new NotSupportedException($"An unknown fault: {fault}");
        }
    }

    private Reply Decide(RecordedRequest request)
    {
        try
        {
            return Handle(request);
        }
        catch (Exception mistake)
        {
            // Without this a mistake in the stand-in would look like an outage of the remote system.
            return new Reply(500, $"{GetType().Name} itself failed: {mistake}", "text/plain");
        }
        finally
        {
            _changed.Raise();
        }
    }

    private string Describe(string what, TimeSpan timeout) =>
        $"{GetType().Name} waited {timeout.TotalSeconds:0.###} s in vain for: {what}. It has {InFlight} requests in flight and got {Requests.Count}: "
        + string.Join(", ", Requests.TakeLast(20).Select(request => $"{request.Method} {request.PathAndQuery}"));

    private void Locked(Action action)
    {
        lock (_lock)
        {
            action();
        }
    }

    private T Locked<T>(Func<T> function)
    {
        lock (_lock)
        {
            return function();
        }
    }
}
