using System.Net;
using System.Text;
using Azure.Storage.Queues.Models;
using Grpc.Core;
using LeadFunctions.FunctionsHost.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeadFunctions.FunctionsHost;

/// <summary>
/// Plays the Azure Functions host, as a host of version 4.1037 was seen to behave: it starts the worker in a folder as its
/// worker.config.json says, speaks with it over gRPC, and listens at <see cref="Url"/>, where it finds the function of a request, checks
/// its key and passes it on. With AzureWebJobsStorage among its settings it reads the queues of its functions (<see cref="PlayedQueue"/>).
/// Timers fire when a test calls <see cref="CallTimerAsync"/>. It starts no worker anew by itself (<see cref="RestartWorkerAsync"/>), and
/// reads nothing of host.json but how queues are read.
/// </summary>
internal sealed class PlayedHost : IAsyncDisposable
{
    public const string RoutePrefix = "api";

    /// <summary>The key of every function whose authorization level asks for one.</summary>
    public const string FunctionKey = "a-function-key-that-only-the-host-knows";

    private const string Storage = "AzureWebJobsStorage";

    private static readonly TimeSpan MostToStart = TimeSpan.FromSeconds(60);

    /// <summary>What functions that a queue has called get to end, when the host is to.</summary>
    private static readonly TimeSpan MostToDrain = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly StringBuilder _output = new();
    private readonly string _folder;
    private readonly (string Key, string Value)[] _environment;
    private readonly bool _ownParent;
    private readonly IReadOnlyList<string> _prefix;
    private WorkerProcess? _process;
    private WorkerChannel? _worker;
    private string _workerId = "";
    private Uri? _grpc;
    private PlayedQueue[] _queues = [];

    private PlayedHost(
        WebApplication app,
        string folder,
        (string Key, string Value)[] environment,
        bool ownParent,
        IReadOnlyList<string> prefix)
    {
        _app = app;
        _folder = folder;
        _environment = environment;
        _ownParent = ownParent;
        _prefix = prefix;
    }

    /// <summary>Where callers come in.</summary>
    public Uri Url { get; private set; } = null!;

    public IReadOnlyList<PlayedFunction> Functions => Worker.Functions;

    /// <summary>Everything that the worker has printed or logged so far, and that every worker before it has.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The worker's process id.</summary>
    public int WorkerId => Process.Id;

    /// <summary>Where the worker itself serves HTTP, to the host alone.</summary>
    public Uri WorkerUrl => Worker.HttpUri ?? throw new InvalidOperationException("The worker serves no HTTP.");

    public IReadOnlyDictionary<string, string> Capabilities => Worker.Capabilities;

    private WorkerProcess Process => _process ?? throw new InvalidOperationException("No worker is started.");

    private WorkerChannel Worker => _worker ?? throw new InvalidOperationException("No worker is started.");

    /// <summary>Starts the host and its worker, and waits until the functions are loaded.</summary>
    /// <param name="folder">The function app: a build's output, or what was published.</param>
    /// <param name="environment">App settings. <c>AzureWebJobs.NAME.Disabled</c> switches a function off.</param>
    /// <param name="ownParent">For <see cref="KillHostAsync"/>: the worker is the child of a process that can be killed (Unix).</param>
    /// <param name="prefix">What the worker's command begins with: <c>taskset</c>, <c>strace</c>.</param>
    public static async Task<PlayedHost> StartAsync(
        string folder,
        IEnumerable<(string Key, string Value)> environment,
        bool ownParent = false,
        params IReadOnlyList<string> prefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        builder.Services.AddSingleton<WorkerService>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 100 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var host = new PlayedHost(app, folder, [.. environment], ownParent, prefix);
        app.Services.GetRequiredService<WorkerService>().Host = host;
        app.UseRouting();
        app.MapGrpcService<WorkerService>();
        app.MapFallback("{**path}", (RequestDelegate)(context => new HttpForwarder(host.Worker).ServeAsync(context)));
        await app.StartAsync();
        string[] urls = [.. app.Urls];
        (host.Url, host._grpc) = (new Uri(urls[0]), new Uri(urls[1]));
        try
        {
            await host.RestartWorkerAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker in the place of the one that is gone, as a host does.</summary>
    /// <param name="changed">App settings that are others from this start on; a real host would be started anew for them.</param>
    public async Task RestartWorkerAsync(params IReadOnlyList<(string Key, string Value)> changed)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _workerId = Guid.NewGuid().ToString();
        _worker = new WorkerChannel(_folder, IsDisabled, Log);
        _process = WorkerProcess.Start(_folder, _workerId, _grpc!, [.. _environment, .. changed], _ownParent, _prefix, Log);
        try
        {
            await Task.WhenAny(_worker.Ready, WaitForExitAsync()).WaitAsync(MostToStart);
            if (!_worker.Ready.IsCompleted)
            {
                throw new InvalidOperationException($"The worker ended with {await WaitForExitAsync()}.");
            }

            await _worker.Ready;
            _queues = ReadQueues();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"The worker did not start. It printed:\n{Output}", exception);
        }
    }

    /// <summary>A function's request as it reaches the worker, whatever its path: no route is looked up and no key is checked.</summary>
    /// <param name="target">The request's target, as it is to stand in its first line.</param>
    public Task<HttpResponseMessage> InvokeAsync(string function, HttpMethod method, string target, string? body = null) =>
        new HttpForwarder(Worker).InvokeAsync(Find(function), method, target, body);

    public Task<PlayedOutcome> CallTimerAsync(string function) =>
        InvokeAsync(function, new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" });

    /// <summary>
    /// Takes no more messages, lets functions that messages have called end, tells the worker to end, and says with which exit code it did.
    /// </summary>
    public async Task<int> TerminateAsync()
    {
        await Task.WhenAll(_queues.Select(queue => queue.DrainAsync(MostToDrain)));
        Worker.Terminate(TimeSpan.FromSeconds(5));
        return await WaitForExitAsync();
    }

    /// <summary>kill -9 of the worker. Requests under way are answered with 500, and messages under way come back.</summary>
    public async Task KillWorkerAsync()
    {
        Process.Kill();
        var stopped = Task.WhenAll(_queues.Select(queue => queue.StopAsync()));
        await WaitForExitAsync();
        Worker.Close();
        // The host lives on: it puts back what the worker had, for as long as host.json says.
        await stopped;
    }

    /// <summary>kill -9 of the host: its process, its stream and its port are gone at once. What it has started is not.</summary>
    public async Task KillHostAsync()
    {
        if (!_ownParent)
        {
            throw new InvalidOperationException("Start it with a parent of its own.");
        }

        Process.Kill();
        await ForgetQueuesAsync();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
    }

    /// <summary>TERM, STOP, CONT: to the worker.</summary>
    public Task SignalAsync(string signal) => Process.SignalAsync(signal);

    public Task<int> WaitForExitAsync() => Process.WaitForExitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await ForgetQueuesAsync();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _worker?.Close();
        await _app.DisposeAsync();
    }

    private PlayedQueue[] ReadQueues() =>
        _environment.LastOrDefault(setting => setting.Key == Storage).Value is not { } connection
            ? []
            : [.. Functions.Where(function => function.IsQueue).Select(function => new PlayedQueue(
                connection,
                function.Text("queueName")!,
                QueueSettings.Read(_folder),
                (message, text, cancel) => CallAsync(function, message, text, cancel),
                Log))];

    private async Task ForgetQueuesAsync()
    {
        foreach (var queue in _queues)
        {
            await queue.DisposeAsync();
        }

        _queues = [];
    }

    private async Task<bool> CallAsync(PlayedFunction function, QueueMessage message, string text, CancellationToken cancel)
    {
        var (worker, id) = (Worker, Guid.NewGuid().ToString());
        await using var cancelled = cancel.Register(() => worker.Cancel(id));
        var result = await worker.InvokeAsync(function, id, new TypedData { String = text }, [
            ("DequeueCount", new TypedData { Json = $"{message.DequeueCount}" }),
            ("Id", new TypedData { String = message.MessageId }),
            ("PopReceipt", new TypedData { String = message.PopReceipt }),
            ("InsertionTime", new TypedData { Json = $"\"{message.InsertedOn:O}\"" }),
            ("ExpirationTime", new TypedData { Json = $"\"{message.ExpiresOn:O}\"" }),
            ("NextVisibleTime", new TypedData { Json = $"\"{message.NextVisibleOn:O}\"" })]);
        return result.Status == StatusResult.Types.Status.Success;
    }

    private async Task<PlayedOutcome> InvokeAsync(string function, TypedData data, params (string, TypedData)[] metadata)
    {
        var result = await Worker.InvokeAsync(Find(function), Guid.NewGuid().ToString(), data, metadata);
        return new PlayedOutcome(result.Status == StatusResult.Types.Status.Success, result.Exception?.Message);
    }

    private PlayedFunction Find(string function) =>
        Functions.SingleOrDefault(known => known.Name == function) ?? throw new ArgumentException(
            $"There is no function {function}, or it is switched off.",
            nameof(function));

    private bool IsDisabled(string function) =>
        _environment.Any(setting =>
            setting.Key == $"AzureWebJobs.{function}.Disabled" && setting.Value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private void Log(string line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private sealed class WorkerService : FunctionRpc.FunctionRpcBase
    {
        public PlayedHost Host { get; set; } = null!;

        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream,
            IServerStreamWriter<StreamingMessage> responseStream,
            ServerCallContext context)
        {
            if (await requestStream.MoveNext(context.CancellationToken) && requestStream.Current.StartStream?.WorkerId == Host._workerId)
            {
                await Host.Worker.ServeAsync(requestStream, responseStream, context.CancellationToken);
            }
        }
    }
}

/// <summary>What became of a function's call.</summary>
/// <param name="Fault">The message of the exception that left the function; it would be in the host's log.</param>
internal sealed record PlayedOutcome(bool Succeeded, string? Fault);
