using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace LeadFunctions.Hosting;

/// <summary>
/// So many connections at once and no more. Callers who hold them open never take the file handles that the store and the destinations
/// need (without any, the runtime itself ends the program), nor the processors: each collection goes through all that belongs to them.
/// Who has asked for nothing yet gives way to a further caller, the oldest first, then who has been idle longest, which meets a request
/// that is on its way just then as the end of any idle connection does. Where all have requests under way, further callers wait in the
/// system's queue. Kestrel's own limit lets each of them in before it turns them away, and a burst of those takes all handles too.
/// </summary>
internal sealed class BoundedConnections : IConnectionListenerFactory
{
    /// <summary>More than any sender of leads with its proxies needs.</summary>
    private const int Most = 4_000;

    /// <summary>What the store, the destinations and the runtime have open, with as much again to spare.</summary>
    private const int OwnHandles = 400;

    private const int AtOnce = 32;

    /// <summary>Who is idle for a shorter time may have a request on its way.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly IConnectionListenerFactory _sockets;

    // For all addresses together.
    private readonly SemaphoreSlim _free;

    private readonly Lock _lock = new();

    /// <summary>Those whose first request has not come yet, the oldest first.</summary>
    private readonly LinkedList<Connection> _silent = new();

    /// <summary>Those between two requests, who has been so longest first.</summary>
    private readonly LinkedList<Connection> _idle = new();

    private BoundedConnections(IConnectionListenerFactory sockets, int most)
    {
        _sockets = sockets;
        _free = new SemaphoreSlim(most);
    }

    public static void Add(IServiceCollection services) => services.AddSingleton<IConnectionListenerFactory>(provider =>
    {
        var sockets = new SocketTransportFactory(
            provider.GetRequiredService<IOptions<SocketTransportOptions>>(), provider.GetRequiredService<ILoggerFactory>());
        var handles = FileHandles() ?? long.MaxValue;
        return new BoundedConnections(sockets, (int)Math.Min(Most, Math.Max(handles - OwnHandles, handles / 4)));
    });

    /// <summary>Whose request is under way keeps its place until it is answered; to be called before anything else.</summary>
    public static void UseBoundedConnections(IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Features.Get<Connection>() is { } connection)
        {
            connection.Begin();
            context.Response.OnCompleted(static state => ((Connection)state).EndAsync(), connection);
        }

        return next(context);
    });

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _sockets.BindAsync(endpoint, cancellationToken), this);

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

    /// <summary>A place for one more, as soon as there is one.</summary>
    private async ValueTask WaitAsync(CancellationToken stop)
    {
        var patience = TimeSpan.Zero;
        while (!await _free.WaitAsync(patience, stop))
        {
            MakeRoom();
            patience = Idle;
        }
    }

    private Connection Add(ConnectionContext accepted)
    {
        var connection = new Connection(accepted, this);
        accepted.Features.Set(connection);
        lock (_lock)
        {
            _silent.AddLast(connection.Place);
        }

        return connection;
    }

    /// <summary>Ends one, and of the silent ones some more, so that those who come next needn't wait for its handle to be closed.</summary>
    private void MakeRoom()
    {
        for (var ended = 0; ended < AtOnce; ended++)
        {
            Connection? gives;
            lock (_lock)
            {
                gives = OldestOf(_silent) ?? (ended == 0 ? OldestOf(_idle) : null);
                gives?.Place.List!.Remove(gives.Place);
            }

            if (gives is null)
            {
                return;
            }

            gives.Abort(new ConnectionAbortedException("It was idle, and another caller needs its place."));
        }
    }

    private static Connection? OldestOf(LinkedList<Connection> idle) =>
        idle.First?.Value is { } oldest && Stopwatch.GetElapsedTime(oldest.IdleSince) > Idle ? oldest : null;

    private sealed class Listener(IConnectionListener sockets, BoundedConnections all) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            // Who comes is taken in first and waits then: nobody has to go while there is nobody to take the place.
            var accepted = await sockets.AcceptAsync(cancellationToken);
            if (accepted is null)
            {
                return null;
            }

            try
            {
                await all.WaitAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                await accepted.DisposeAsync();
                return null;
            }

            return all.Add(accepted);
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
    private sealed class Connection : ConnectionContext
    {
        private readonly ConnectionContext _connection;
        private readonly BoundedConnections _all;
        private int _underWay;
        private bool _isOver;

        public Connection(ConnectionContext connection, BoundedConnections all)
        {
            _connection = connection;
            _all = all;
            Place = new LinkedListNode<Connection>(this);
        }

        /// <summary>Its place among those that may give way; in none while a request is under way.</summary>
        public LinkedListNode<Connection> Place { get; }

        public override string ConnectionId { get => _connection.ConnectionId; set => _connection.ConnectionId = value; }

        public override IFeatureCollection Features => _connection.Features;

        public override IDictionary<object, object?> Items { get => _connection.Items; set => _connection.Items = value; }

        public override IDuplexPipe Transport { get => _connection.Transport; set => _connection.Transport = value; }

        public override CancellationToken ConnectionClosed
        {
            get => _connection.ConnectionClosed;
            set => _connection.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint { get => _connection.LocalEndPoint; set => _connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => _connection.RemoteEndPoint; set => _connection.RemoteEndPoint = value; }

        /// <summary>When it came, or its newest request was answered, by the clock that nobody sets.</summary>
        public long IdleSince { get; private set; } = Stopwatch.GetTimestamp();

        public void Begin()
        {
            lock (_all._lock)
            {
                _underWay++;
                Place.List?.Remove(Place);
            }
        }

        public Task EndAsync()
        {
            lock (_all._lock)
            {
                // With HTTP/2 others may be under way, and go on when the connection is over.
                if (--_underWay == 0 && !_isOver)
                {
                    IdleSince = Stopwatch.GetTimestamp();
                    _all._idle.AddLast(Place);
                }
            }

            return Task.CompletedTask;
        }

        public override void Abort() => _connection.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await _connection.DisposeAsync();
            }
            finally
            {
                await base.DisposeAsync();
                GiveBack();
            }
        }

        private void GiveBack()
        {
            lock (_all._lock)
            {
                if (_isOver)
                {
                    return;
                }

                _isOver = true;
                Place.List?.Remove(Place);
            }

            _all._free.Release();
        }
    }
}
