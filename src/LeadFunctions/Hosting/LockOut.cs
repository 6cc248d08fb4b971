namespace LeadFunctions.Hosting;

/// <summary>
/// Makes guessing of keys slow, for the guesser alone: who shows a right key is never asked here. After five wrong keys an address is told
/// to wait a minute, then twice as long for each further one, at most a quarter of an hour, and the answers to its wrong keys come later,
/// up to five seconds. Wrong keys from everywhere together make the answer to each come later too. A wrong key that is sent again is no
/// guess: a script that was not told of a new key has done nothing. A right key doesn't make an address's wrong ones forgotten: behind a
/// proxy they may be somebody else's.
/// </summary>
internal sealed class LockOut(TimeProvider time)
{
    private const int Free = 5;
    private const int FreeInAll = 20;
    private const int MostAddresses = 10_000;
    private const int MostHeld = 2_000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);
    private static readonly TimeSpan OwnDelayStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DelayStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Guesses> _byAddress = new(StringComparer.Ordinal);
    private Guesses _all = new(0, DateTimeOffset.MinValue, default);
    private int _held;

    /// <summary>How many are remembered.</summary>
    public int Addresses
    {
        get
        {
            lock (_lock)
            {
                return _byAddress.Count;
            }
        }
    }

    /// <summary>How long the address is told to wait; null: not at all.</summary>
    public TimeSpan? RemainingWait(string address)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return
                _byAddress.TryGetValue(address, out var known)
                && known.Count >= Free
                && known.Last + WaitAfter(known.Count) is var end
                && end > now
                ? end - now
                : null;
        }
    }

    /// <summary>Notes a wrong key, and answers after a while. How long the address was told to wait before this one; null: not at
    /// all.</summary>
    public async Task<TimeSpan?> WrongAsync(string address, string key, CancellationToken gone)
    {
        var locked = RemainingWait(address) is not null;
        var delay = Failed(address, key);
        try
        {
            // Answers that are held cost memory: beyond so many, a wrong key is answered at once.
            if (Interlocked.Increment(ref _held) <= MostHeld)
            {
                await Task.Delay(delay, time, gone);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }

        return locked ? RemainingWait(address) : null;
    }

    /// <summary>Notes a wrong key, and says how long to wait with the answer.</summary>
    public TimeSpan Failed(string address, string key)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var hash = StringComparer.Ordinal.GetHashCode(key);
            var known = Current(_byAddress.GetValueOrDefault(address), now);
            if (known.Count > 0 && known.LastKey == hash)
            {
                return TimeSpan.Zero;
            }

            MakeRoom();
            _byAddress[address] = new Guesses(known.Count + 1, now, hash);
            _all = new Guesses(Current(_all, now).Count + 1, now, hash);
            var own = OwnDelayStep * Math.Max(0, known.Count + 1 - Free);
            var common = DelayStep * Math.Max(0, _all.Count - FreeInAll);
            var delay = own > common ? own : common;
            return delay < LongestDelay ? delay : LongestDelay;
        }
    }

    private static TimeSpan WaitAfter(int count)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(count - Free, 10));
        return wait < LongestWait ? wait : LongestWait;
    }

    private static Guesses Current(Guesses? known, DateTimeOffset now) =>
        known is { } guesses && guesses.Last + Remembered > now ? guesses : new Guesses(0, now, default);

    private void MakeRoom()
    {
        if (_byAddress.Count < MostAddresses)
        {
            return;
        }

        foreach (var address in _byAddress.OrderBy(pair => pair.Value.Last).Take(MostAddresses / 2).Select(pair => pair.Key).ToArray())
        {
            _byAddress.Remove(address);
        }
    }

    private sealed record Guesses(int Count, DateTimeOffset Last, int LastKey);
}
