namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A clock that moves when a test says so, and fires the timers that have come due.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    // How far the clock has been set, which no timer notices.
    private TimeSpan _set;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return (_now - _set).Ticks;
        }
    }

    /// <summary>Sets the clock, forward or back, as an administrator does: timers go on as they were.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
            _set += by;
            _timers.ForEach(timer => timer.Shift(by));
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Whether somebody waits for exactly this time.</summary>
    public bool HasTimerAt(DateTimeOffset time)
    {
        lock (_lock)
        {
            return _timers.Exists(timer => timer.DueAt == time);
        }
    }

    /// <summary>How many wait for a time.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>The soonest time that somebody waits for.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count == 0 ? null : _timers.Min(timer => timer.DueAt);
            }
        }
    }

    /// <summary>Moves on, from one due timer to the next, so that each sees the time it was set for.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (NextBefore(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>An answer that is held for some time, which is made to pass. Fails when none had to pass.</summary>
    public async Task<HttpResponseMessage> LateAsync(Task<HttpResponseMessage> answer)
    {
        await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(300)));
        Assert.False(answer.IsCompleted, "The answer came at once.");
        await Eventually.TrueAsync(
            () =>
            {
                Advance(TimeSpan.FromMilliseconds(100));
                return answer.IsCompleted;
            },
            "the answer came at last");
        return await answer;
    }

    private ManualTimer? NextBefore(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
            if (next is not null)
            {
                _now = next.DueAt > _now ? next.DueAt : _now;
                _timers.Remove(next);
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset DueAt { get; private set; }

        public void Shift(TimeSpan by) => DueAt += by;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = time._now + dueTime;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Fire()
        {
            callback(state);
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
