using System.Text.Json;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using LeadFunctions.Store;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>What is remembered of a channel: since when it takes nothing, and why.</summary>
internal sealed record ChannelNote(DateTimeOffset Since, string Error);

/// <summary>
/// Tells people what they have to know, by mail and webhook: each thing once when it begins and once when it ends, and no more often than
/// <see cref="AlertOptions.RepeatAfter"/>. What was told is remembered in the store by compare-and-set, so that of several instances one
/// tells it, and a restart tells nothing twice. A kill between the telling and the remembering tells it a second time rather than never.
/// Each look also feeds the gauges.
/// </summary>
internal sealed partial class AlertService(
    ILeadStore store,
    DestinationTroubles troubles,
    IReadOnlyList<ConfiguredDestination> destinations,
    StoreOptions place,
    AlertOptions options,
    RemoteClient remote,
    TimeProvider time,
    ILogger<AlertService> logger)
{
    private const string Scope = "alerts";
    private const string ChannelScope = "alert ways";

    private static readonly TimeSpan MostForOneChannel = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly AlertLook _look = new(store, troubles, destinations, options);
    private readonly IReadOnlyList<AlertChannel> _channels = AlertChannel.Of(options, remote, time);

    // While the store is away nothing can be remembered in it.
    private AlertNote _storeNote = AlertNote.None;
    private int _looksWithoutStore;

    /// <summary>
    /// Looks once and tells what is to be told. Ends early, without harm, when <paramref name="stop"/> does; throws nothing else.
    /// </summary>
    public async Task RunOnceAsync(CancellationToken stop)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, CancellationToken.None))
        {
            return;
        }

        try
        {
            await LookAsync(time.GetUtcNow(), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was claimed is free again after a while, and told then.
        }
#pragma warning disable CA1031 // Neither deliveries nor the program may suffer from it; the next look tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception.GetType().Name);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LookAsync(DateTimeOffset now, CancellationToken stop)
    {
        var (size, free) = place.Azure is null ? Room(place.Path) : (null, null);
        StoreState? state = null;
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (options.IsOn)
            {
                // Before all else: what another instance tells from now on is newer than these, so that what is found here can't end it.
                states = (await store.FindValuesAsync(Scope)).ToDictionary(note => note.Key, note => note.Value, StringComparer.Ordinal);
            }

            state = await store.CheckAsync(now);
        }
        catch (StoreUnavailableException)
        {
            // Told below.
        }

        LeadMetrics.Read(new StoreReading(
            Environment.TickCount64,
            state is not null,
            state is null ? null : state.OldestDue is { } due && due < now ? now - due : TimeSpan.Zero,
            state?.DeadLetters,
            state?.Unfinished ?? new Dictionary<string, int>(),
            size,
            free));
        if (!options.IsOn)
        {
            return;
        }

        await TellOfStoreAsync(isAway: state is null, now, stop);
        if (state is null)
        {
            return;
        }

        foreach (var watched in await _look.AllAsync(state, free, key => AlertNote.Parse(states.GetValueOrDefault(key)), now))
        {
            await TellAsync(watched, states.GetValueOrDefault(watched.Key), _channels, now, stop);
        }

        await TellOfChannelsAsync(states, now, stop);
    }

    private async Task TellAsync(
        Watched watched, string? state, IReadOnlyList<AlertChannel> channels, DateTimeOffset now, CancellationToken stop)
    {
        var note = AlertNote.Parse(state);
        var (step, after) = AlertDecision.Of(note, watched.Found, now, options);
        if (step == AlertStep.Nothing)
        {
            // A place is kept from the first look on: silence and refused bodies count from there.
            var kept =
                state is null && watched is { CountsFromStart: true, Told: { } place } && !watched.Found.Holds ? place(after) : after;
            if (kept != note)
            {
                await store.ReplaceValueAsync(Scope, watched.Key, state, kept.ToState());
            }

            return;
        }

        var claimed = AlertDecision.Claimed(note, now).ToState();
        if (!await store.ReplaceValueAsync(Scope, watched.Key, state, claimed))
        {
            // Another instance tells it.
            return;
        }

        var alert = await watched.Tell(step, note);
        var isTold = await SendAsync(alert, channels, stop);
        after = isTold ? watched.Told?.Invoke(after) ?? after : AlertDecision.Failed(note, now, options.Every);
        await store.ReplaceValueAsync(Scope, watched.Key, claimed, after.ToState());
    }

    private async Task TellOfStoreAsync(bool isAway, DateTimeOffset now, CancellationToken stop)
    {
        // One refused write may be a hiccup.
        _looksWithoutStore = isAway ? _looksWithoutStore + 1 : 0;
        var watched = AlertLook.Store(_looksWithoutStore >= 2);
        var (step, after) = AlertDecision.Of(_storeNote, watched.Found, now, options);
        _storeNote =
            step == AlertStep.Nothing || await SendAsync(await watched.Tell(step, _storeNote), _channels, stop)
                ? after
                : AlertDecision.Failed(_storeNote, now, options.Every);
    }

    /// <summary>A channel that failed is told of by the others alone, and no more often than any other thing.</summary>
    private async Task TellOfChannelsAsync(Dictionary<string, string> states, DateTimeOffset now, CancellationToken stop)
    {
        if (_channels.Count < 2)
        {
            return;
        }

        var failing = (await store.FindValuesAsync(ChannelScope)).ToDictionary(
            channel => channel.Key,
            channel => JsonSerializer.Deserialize(channel.Value, AlertJson.Default.ChannelNote)!,
            StringComparer.Ordinal);
        foreach (var channel in _channels)
        {
            var trouble = failing.GetValueOrDefault(channel.Name);
            var key = $"way:{channel.Name}";
            var watched = new Watched(
                key,
                new Finding(trouble is not null),
                (step, _) =>
                    Task.FromResult(
                        step == AlertStep.End
                            ? new Alert("way", null, true, $"Alerts go out by {channel.Name} again", ["The last one was taken."])
                            : new Alert(
                                "way",
                                null,
                                false,
                                $"Alerts can't be sent by {channel.Name}",
                                [
                                    $"Since {trouble!.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC it takes none. The "
                                        + $"last answer: {trouble.Error}",
                                    $"What to do: look at the settings under Alerts. Alerts that {channel.Name} did not take are not sent "
                                        + "again by it; this way has had them.",
                                ])));
            await TellAsync(watched, states.GetValueOrDefault(key), [.. _channels.Where(other => other != channel)], now, stop);
        }
    }

    /// <summary>True when at least one channel took it.</summary>
    private async Task<bool> SendAsync(Alert alert, IReadOnlyList<AlertChannel> channels, CancellationToken stop)
    {
        var taken = false;
        foreach (var channel in channels)
        {
            var fault = await SendAsync(alert, channel, stop);
            taken |= fault is null;
            LeadMetrics.Alerted(alert.Kind, channel.Name, fault is null);
            if (fault is null)
            {
                Log.Told(logger, alert.Kind, alert.Destination ?? "-", alert.IsEnd, channel.Name);
            }
            else
            {
                Log.NotTaken(logger, alert.Kind, alert.Destination ?? "-", channel.Name, fault);
            }

            await NoteAsync(channel, fault);
        }

        return taken;
    }

    private async Task<string?> SendAsync(Alert alert, AlertChannel channel, CancellationToken stop)
    {
        using var most = new CancellationTokenSource(MostForOneChannel, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(most.Token, stop);
        try
        {
            return await channel.Send(alert, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"No answer within {MostForOneChannel.TotalSeconds:0} seconds.";
        }
    }

    private async Task NoteAsync(AlertChannel channel, string? fault)
    {
        try
        {
            var known = (await store.FindValuesAsync(ChannelScope)).FirstOrDefault(note => note.Key == channel.Name)?.Value;
            if (fault is null
                    ? known is not null
                    : known is null || JsonSerializer.Deserialize(known, AlertJson.Default.ChannelNote)!.Error != fault)
            {
                var since = known is null ? time.GetUtcNow() : JsonSerializer.Deserialize(known, AlertJson.Default.ChannelNote)!.Since;
                await store.SetValueAsync(
                    ChannelScope,
                    channel.Name,
                    fault is null ? null : JsonSerializer.Serialize(new ChannelNote(since, fault), AlertJson.Default.ChannelNote));
            }
        }
        catch (StoreUnavailableException)
        {
            // Then there is a larger thing to tell.
        }
    }

    /// <summary>The size of the store's files, and what is left on their disk; null where nobody can say.</summary>
    private static (long? Size, long? Free) Room(string path)
    {
        try
        {
            var size = new[] { path, $"{path}-wal" }.Select(file => new FileInfo(file)).Where(file => file.Exists).Sum(file => file.Length);
            return (size, new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, null);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Warning, "Alert {Kind} ({Destination}, end: {IsEnd}) was sent by {Way}.")]
        public static partial void Told(ILogger logger, string kind, string destination, bool isEnd, string way);

        [LoggerMessage(7002, LogLevel.Error, "Alert {Kind} ({Destination}) could not be sent by {Way}: {Fault}")]
        public static partial void NotTaken(ILogger logger, string kind, string destination, string way, string fault);

        [LoggerMessage(7003, LogLevel.Error, "The look for alerts failed ({ExceptionType}); trying again.")]
        public static partial void Failed(ILogger logger, string exceptionType);
    }
}

/// <summary>
/// Lets <see cref="AlertService"/> look while the program runs alone. Behind the Functions host the timer's function does.
/// </summary>
internal sealed class AlertLoop(AlertService alerts, AlertOptions options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.Every, time, stoppingToken);
                await alerts.RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
    }
}
