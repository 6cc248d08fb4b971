using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LeadFunctions.FunctionsHost.Messages;
using GrpcException = Grpc.Core.RpcException;
using RpcException = LeadFunctions.FunctionsHost.Messages.RpcException;

namespace LeadFunctions.FunctionsHost;

/// <summary>The host's end of one worker's stream: the handshake, invocations and their outcomes, and what the worker logs.</summary>
internal sealed class WorkerChannel(string folder, Func<string, bool> isDisabled, Action<string> log)
{
    /// <summary>The version that the facts which this host plays were seen on.</summary>
    private const string HostVersion = "4.1037.0.0";

    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StatusResult>> _invocations = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _loading = [];
    private volatile bool _closed;

    /// <summary>Ends when every function is loaded, or with the reason why one isn't.</summary>
    public Task Ready => _ready.Task;

    public IReadOnlyList<PlayedFunction> Functions { get; private set; } = [];

    /// <summary>Where the worker serves HTTP; null when it doesn't say so.</summary>
    public Uri? HttpUri { get; private set; }

    /// <summary>What the worker said that it can do.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>Speaks with the worker until its stream ends.</summary>
    public async Task ServeAsync(IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing, CancellationToken stop)
    {
        var sending = SendAsync(outgoing, stop);
        Send(new StreamingMessage { WorkerInitRequest = new WorkerInitRequest { HostVersion = HostVersion, WorkerDirectory = folder, FunctionAppDirectory = folder } });
        try
        {
            while (await incoming.MoveNext(stop))
            {
                Take(incoming.Current);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or GrpcException)
        {
            // The worker was killed, or this host is.
        }
        finally
        {
            Close();
            await sending;
        }
    }

    /// <summary>Whoever waits learns that the worker is gone.</summary>
    public void Close()
    {
        _closed = true;
        _outgoing.Writer.TryComplete();
        _ready.TrySetException(new InvalidOperationException("The worker is gone."));
        foreach (var id in _invocations.Keys)
        {
            Finish(id, new StatusResult { Status = StatusResult.Types.Status.Failure, Exception = new RpcException { Message = "The worker is gone." } });
        }
    }

    public Task<StatusResult> InvokeAsync(PlayedFunction function, string id, TypedData data, params (string Name, TypedData Value)[] metadata)
    {
        var outcome = new TaskCompletionSource<StatusResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _invocations[id] = outcome;
        // W3C trace context: the host's activity is the parent of what the worker does.
        var trace = new RpcTraceContext { TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01" };
        var request = new InvocationRequest { InvocationId = id, FunctionId = function.Metadata.FunctionId, TraceContext = trace };
        request.InputData.Add(new ParameterBinding { Name = function.Parameter, Data = data });
        foreach (var (name, value) in metadata)
        {
            request.TriggerMetadata.Add(name, value);
        }

        Send(new StreamingMessage { InvocationRequest = request });
        if (_closed)
        {
            Close();
        }

        return outcome.Task;
    }

    public void Cancel(string id) => Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = id } });

    public void Terminate(TimeSpan grace) => Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(grace) } });

    private void Send(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        _outgoing.Writer.TryWrite(message);
    }

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken stop)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(stop))
            {
                await outgoing.WriteAsync(message, stop);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException or GrpcException)
        {
            // The stream's reader finds out too.
        }
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.WorkerInitResponse:
                Capabilities = message.WorkerInitResponse.Capabilities.ToDictionary();
                HttpUri = message.WorkerInitResponse.Capabilities.TryGetValue("HttpUri", out var address) ? new Uri(address) : null;
                Send(new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = folder } });
                break;
            case StreamingMessage.ContentOneofCase.FunctionMetadataResponse:
                Load(message.FunctionMetadataResponse);
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadResponse:
                Loaded(message.FunctionLoadResponse);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                Finish(message.InvocationResponse.InvocationId, message.InvocationResponse.Result);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                var entry = message.RpcLog;
                log($"{entry.Level}: {entry.Category}: {entry.Message} {entry.Exception?.Message} {entry.Exception?.StackTrace}");
                break;
        }
    }

    private void Load(FunctionMetadataResponse response)
    {
        if (response.Result.Status != StatusResult.Types.Status.Success)
        {
            _ready.TrySetException(new InvalidOperationException($"The worker can't name its functions: {response.Result.Exception?.Message}"));
            return;
        }

        // In the alphabet's order, in which the host looks at routes too.
        Functions = [.. response.FunctionMetadataResults.Select(metadata => new PlayedFunction(metadata)).Where(function => !isDisabled(function.Name)).OrderBy(function => function.Name, StringComparer.Ordinal)];
        foreach (var function in Functions)
        {
            _loading.Add(function.Metadata.FunctionId);
            Send(new StreamingMessage { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.Metadata.FunctionId, Metadata = function.Metadata } });
        }
    }

    private void Loaded(FunctionLoadResponse response)
    {
        if (response.Result.Status != StatusResult.Types.Status.Success)
        {
            _ready.TrySetException(new InvalidOperationException($"A function can't be loaded: {response.Result.Exception?.Message}"));
            return;
        }

        _loading.Remove(response.FunctionId);
        if (_loading.Count == 0)
        {
            _ready.TrySetResult();
        }
    }

    private void Finish(string id, StatusResult result)
    {
        if (_invocations.TryRemove(id, out var outcome))
        {
            outcome.TrySetResult(result);
        }
    }
}
