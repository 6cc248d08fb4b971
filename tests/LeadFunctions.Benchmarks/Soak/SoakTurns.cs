namespace LeadFunctions.Benchmarks.Soak;

/// <summary>How a destination is for a while.</summary>
internal enum SoakTurn
{
    Well,

    /// <summary>Answers come after up to 0.4 s.</summary>
    Slow,

    /// <summary>Half of all requests get a 429, 500 or 503.</summary>
    Failing,

    /// <summary>A quarter gets no answer, and nothing is done.</summary>
    Hanging,

    /// <summary>A quarter is done and answered after the caller has gone.</summary>
    Late,

    /// <summary>Half of all connections break before anything was done.</summary>
    Breaking,

    /// <summary>Half of all requests are done, and the connection breaks before the answer.</summary>
    Losing,
}

/// <summary>One destination's turns, chosen by a seed: well most of the time, and in between each kind of trouble.</summary>
internal sealed class SoakTurns
{
    private readonly Random _random;
    private readonly TimeSpan _longest;
    private readonly int[] _counts = new int[Enum.GetValues<SoakTurn>().Length];
    private volatile int _current;
    private volatile bool _healed;

    public SoakTurns(int seed, TimeSpan longest) => (_random, _longest) = (new Random(seed), longest);

    public SoakTurn Current => (SoakTurn)_current;

    /// <summary>How often each has been.</summary>
    public IReadOnlyList<int> Counts => _counts;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!_healed)
        {
            await TakeAsync(SoakTurn.Well, _longest / 8, _longest, stop);
            await TakeAsync((SoakTurn)_random.Next(1, _counts.Length), _longest / 25, _longest / 5, stop);
        }
    }

    /// <summary>Well from now on.</summary>
    public void Heal()
    {
        _healed = true;
        _current = (int)SoakTurn.Well;
    }

    private async Task TakeAsync(SoakTurn turn, TimeSpan least, TimeSpan most, CancellationToken stop)
    {
        if (_healed)
        {
            return;
        }

        _counts[(int)turn]++;
        _current = (int)turn;
        await Task.Delay(least + ((most - least) * _random.NextDouble()), stop);
        if (_healed)
        {
            _current = (int)SoakTurn.Well;
        }
    }
}
