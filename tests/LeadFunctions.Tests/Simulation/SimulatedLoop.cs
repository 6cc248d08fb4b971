namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// One thread and one virtual clock for everything that happens in a simulation: what is ready runs in the order in which it became so,
/// and only when nothing is does the clock go on to the next timer.
/// </summary>
internal sealed class SimulatedLoop
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly Queue<(SimulatedContext? Context, SendOrPostCallback Act, object? State)> _ready = [];
    private readonly PriorityQueue<SimulatedTimer, (TimeSpan, long)> _timers = new();
    private long _timersMade;

    /// <summary>Before the clock goes on: waits for whatever goes on elsewhere and may still have something to do at this time.</summary>
    public Action? Settle { get; init; }

    /// <summary>How long the simulation has gone on, by a clock that nobody sets.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>By how much the clock on the wall has been set since the beginning.</summary>
    public TimeSpan SetBy { get; set; }

    public DateTimeOffset Now => Begin + Elapsed + SetBy;

    public void Post(SimulatedContext? context, SendOrPostCallback act, object? state)
    {
        lock (_lock)
        {
            _ready.Enqueue((context, act, state));
        }
    }

    /// <summary>Acts after a while, in the world (null) or in a program, unless that has ended by then.</summary>
    public void After(TimeSpan wait, Action act, SimulatedContext? context = null) =>
        new SimulatedTimer(this, context, _ => act(), null).Change(wait, Timeout.InfiniteTimeSpan);

    /// <summary>Ends after a while, in a program.</summary>
    public Task WaitAsync(TimeSpan wait, SimulatedContext context)
    {
        var over = new TaskCompletionSource();
        After(wait, over.SetResult, context);
        return over.Task;
    }

    /// <summary>Goes on for so long; false: until then <paramref name="until"/> never held.</summary>
    public bool Run(TimeSpan time, Func<bool>? until = null)
    {
        var end = Elapsed + time;
        while (true)
        {
            while (NextReady() is var (context, act, state))
            {
                Act(context, act, state);
            }

            if (until?.Invoke() == true)
            {
                return true;
            }

            if (Settle is not null && !IsTimerDue())
            {
                Settle();
                if (IsAnyReady())
                {
                    continue;
                }
            }

            if (NextTimer(end) is not { } timer)
            {
                Elapsed = end;
                return false;
            }

            Act(timer.Context, timer.Fire, null);
        }
    }

    /// <summary>Does something outside of every program, on this thread.</summary>
    public static T Outside<T>(Func<Task<T>> act)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return act().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Add(SimulatedTimer timer)
    {
        lock (_lock)
        {
            _timers.Enqueue(timer, (timer.DueAt!.Value, _timersMade++));
        }
    }

    private static void Act(SimulatedContext? context, SendOrPostCallback act, object? state)
    {
        if (context is { IsOver: true })
        {
            return;
        }

        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            act(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private (SimulatedContext? Context, SendOrPostCallback Act, object? State)? NextReady()
    {
        lock (_lock)
        {
            return _ready.TryDequeue(out var next) ? next : null;
        }
    }

    private bool IsAnyReady()
    {
        lock (_lock)
        {
            return _ready.Count > 0;
        }
    }

    private bool IsTimerDue()
    {
        lock (_lock)
        {
            return _timers.TryPeek(out _, out var due) && due.Item1 <= Elapsed;
        }
    }

    private SimulatedTimer? NextTimer(TimeSpan end)
    {
        lock (_lock)
        {
            while (_timers.TryPeek(out var timer, out var due) && due.Item1 <= end)
            {
                _timers.Dequeue();
                // It may have been changed since, or its program is over.
                if (timer.DueAt == due.Item1 && timer.Context is not { IsOver: true })
                {
                    Elapsed = due.Item1 > Elapsed ? due.Item1 : Elapsed;
                    return timer;
                }
            }

            return null;
        }
    }
}

/// <summary>A program's: what it awaits goes on here, on the one thread, until the program is over.</summary>
internal sealed class SimulatedContext(SimulatedLoop loop, object? owner = null) : SynchronizationContext
{
    public object? Owner => owner;

    /// <summary>Killed: nothing of it goes on.</summary>
    public bool IsOver { get; set; }

    public override void Post(SendOrPostCallback d, object? state) => loop.Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;
}

/// <summary>The clock as a program sees it.</summary>
internal sealed class SimulatedTime(SimulatedLoop loop, SimulatedContext? context) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => loop.Now;

    public override long GetTimestamp() => loop.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(loop, context, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>For a store's own housekeeping on other threads: it is not part of what is simulated, and never has its turn.</summary>
internal sealed class ClockWithoutTimers(SimulatedLoop loop) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => loop.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}

internal sealed class SimulatedTimer(SimulatedLoop loop, SimulatedContext? context, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;

    public SimulatedContext? Context => context;

    /// <summary>By the loop's own time; null: it is off.</summary>
    public TimeSpan? DueAt { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : loop.Elapsed + dueTime;
        if (DueAt is not null)
        {
            loop.Add(this);
        }

        return true;
    }

    public void Fire(object? nothing)
    {
        DueAt = null;
        callback(state);
        if (_period > TimeSpan.Zero)
        {
            Change(_period, _period);
        }
    }

    public void Dispose() => DueAt = null;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
