using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace LeadFunctions.Hosting;

/// <summary>
/// Callers who hold connections open never take the file handles that the store and the destinations need; without any, the runtime
/// itself ends the program. Further callers wait in the system's queue until others have gone. Kestrel's own limit lets each of them in
/// before it turns them away, and a burst of those takes all handles too.
/// </summary>
internal sealed class BoundedConnections(IConnectionListenerFactory sockets, int most) : IConnectionListenerFactory
{
    /// <summary>What the store, the destinations and the runtime have open, with as much again to spare.</summary>
    private const int OwnHandles = 400;

    // For all addresses together.
    private readonly SemaphoreSlim _free = new(most);

    public static void Add(IServiceCollection services) => services.AddSingleton<IConnectionListenerFactory>(provider =>
    {
        var sockets = new SocketTransportFactory(
            provider.GetRequiredService<IOptions<SocketTransportOptions>>(), provider.GetRequiredService<ILoggerFactory>());
        return FileHandles() is { } handles
            ? new BoundedConnections(sockets, (int)Math.Min(int.MaxValue, Math.Max(handles - OwnHandles, handles / 4)))
            : sockets;
    });

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken), _free);

    /// <summary>How many this process may have, where the system says so; the runtime has raised them as far as it may.</summary>
    private static long? FileHandles()
    {
        const string Limits = "/proc/self/limits";
        const string Name = "Max open files";
        IEnumerable<string> lines = File.Exists(Limits) ? File.ReadLines(Limits) : [];
        var line = lines.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var most = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var handles) ? handles : null;
    }

    private sealed class Listener(IConnectionListener sockets, SemaphoreSlim free) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await free.WaitAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            var connection = await sockets.AcceptAsync(cancellationToken);
            if (connection is null)
            {
                free.Release();
                return null;
            }

            return new Counted(connection, free);
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await sockets.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await sockets.DisposeAsync();
            _unbound.Dispose();
        }
    }

    /// <summary>
    /// Gives its place to another when its handle is closed, and not when its caller has gone: of many who go at once the handles are
    /// closed some time later, and those who wait would come in beside them.
    /// </summary>
    private sealed class Counted(ConnectionContext connection, SemaphoreSlim free) : ConnectionContext
    {
        private int _isDisposed;

        public override string ConnectionId { get => connection.ConnectionId; set => connection.ConnectionId = value; }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items { get => connection.Items; set => connection.Items = value; }

        public override IDuplexPipe Transport { get => connection.Transport; set => connection.Transport = value; }

        public override CancellationToken ConnectionClosed
        {
            get => connection.ConnectionClosed;
            set => connection.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint { get => connection.LocalEndPoint; set => connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => connection.RemoteEndPoint; set => connection.RemoteEndPoint = value; }

        public override void Abort() => connection.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await connection.DisposeAsync();
            }
            finally
            {
                await base.DisposeAsync();
                if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                {
                    free.Release();
                }
            }
        }
    }
}
