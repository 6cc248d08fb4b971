using System.Diagnostics;
using System.Globalization;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>Kills programs at random moments while leads are posted and their destinations are in trouble by turns, lets all arrive, and counts.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan MostBetweenKills = TimeSpan.FromSeconds(30);

    /// <summary>A machine on which a start takes longer than the time between two kills would show nothing but starts.</summary>
    private static readonly TimeSpan UntilFirstLead = TimeSpan.FromSeconds(10);

    private const int MostStarts = 10;

    private readonly SoakPlan _plan;
    private readonly SoakLedger _ledger;
    private readonly SoakDestinations _destinations;
    private readonly IReadOnlyList<SoakProgram> _programs;
    private readonly int[] _startsOf;
    private readonly SoakSenders _senders;
    private readonly Random _random;
    private readonly List<SoakStart> _starts = [];
    private readonly List<double> _firstAnswers = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _cpu;
    private int _killedWhileStarting;
    private int _failedStarts;

    private SoakRun(SoakPlan plan, SoakLedger ledger, SoakDestinations destinations, string sample)
    {
        (_plan, _ledger, _destinations) = (plan, ledger, destinations);
        _random = new Random(plan.Seed);
        _programs = [.. Enumerable.Range(0, plan.Instances).Select(_ => plan.Program([.. destinations.Settings, .. Settings, .. plan.Store]))];
        _startsOf = new int[plan.Instances];
        _senders = new SoakSenders(plan, ledger, _programs, sample, _clock);
    }

    private static IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Delivery__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:00.5", 400))),
        ("Delivery__AttemptTimeout", "00:00:02"),
        ("Delivery__LeaseDuration", LeaseDuration.ToString()),
    ];

    /// <param name="sample">The lead that is posted, each time with another address.</param>
    public static async Task<SoakReport> RunAsync(SoakPlan plan, string sample, CancellationToken stop)
    {
        var ledger = new SoakLedger(plan.Leads);
        await using var run = new SoakRun(plan, ledger, await SoakDestinations.StartAsync(plan, ledger), sample);
        return await run.RunAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }

        _senders.Dispose();
        await _destinations.DisposeAsync();
    }

    private async Task<SoakReport> RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var progress = ShowAsync(end.Token);
        var ending = new SoakEnding(_plan, _ledger, _programs, _clock);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, _plan.Instances).Select(StartProgramSurelyAsync));
            var turns = _destinations.RunTurnsAsync(end.Token);
            var sending = _senders.RunAsync(stop);
            await KillAsync(sending, stop);
            await sending;
            _destinations.Heal();
            await ending.LetArriveAsync(stop);
            await turns;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The counts so far are worth telling.
        }
        catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException or TimeoutException or OperationCanceledException or IOException)
        {
            _ledger.Fault($"The soak could not go on: {failure.Message}");
        }

        await ending.LookForMissingAsync();
        await end.CancelAsync();
        await progress;
        _plan.Progress(Progress());
        _cpu += _programs.Aggregate(TimeSpan.Zero, (sum, program) => sum + program.Cpu);
        return new SoakReport(_plan, _ledger, _ledger.Count(), ending, _senders.Posted, _clock.Elapsed, _starts, [.. _firstAnswers], _destinations)
        {
            StoreBytes = _plan.StoreBytes(),
            KilledWhileStarting = _killedWhileStarting,
            FailedStarts = _failedStarts,
            ProgramCpu = _cpu,
            OwnCpu = Environment.CpuUsage.TotalTime,
        };
    }

    /// <summary>The kills are spread by the seed; every tenth comes while the program starts.</summary>
    private async Task KillAsync(Task sending, CancellationToken stop)
    {
        double[] moments = [.. Enumerable.Range(0, _plan.Kills).Select(_ => _random.NextDouble()).Order()];
        for (var kill = 0; kill < _plan.Kills && !(_clock.Elapsed > _plan.KillingTime); kill++)
        {
            var (instance, moment) = (_random.Next(_plan.Instances), _random.NextDouble());
            await UntilAsync(moments[kill], sending, stop);
            // When all is posted too soon, the last kills still leave the programs some time between them.
            await Task.Delay((int)(moment * (sending.IsCompleted ? 1_000 : 40)), stop);
            await KillAsync(instance);
            for (; kill + 1 < _plan.Kills && _random.Next(10) == 0; kill++)
            {
                var starting = StartProgramAsync(instance);
                await Task.Delay(_random.Next(10, 500), stop);
                _killedWhileStarting++;
                await KillAsync(instance);
                await starting.ContinueWith(_ => { }, TaskScheduler.Default);
            }

            await Task.WhenAny(await StartAsync(instance), sending, Task.Delay(UntilFirstLead, stop));
        }
    }

    private async Task KillAsync(int instance)
    {
        _cpu += _programs[instance].Cpu;
        _ledger.Kill(new SoakProcess(instance, _startsOf[instance]), _destinations.Now);
        await _programs[instance].KillAsync();
    }

    private Task StartProgramAsync(int instance) =>
        _programs[instance].StartAsync(SoakDestinations.Key(new SoakProcess(instance, ++_startsOf[instance])));

    /// <summary>A program that ends instead of starting is started again, as a service manager does: its storage may be too busy to answer.</summary>
    private async Task StartProgramSurelyAsync(int instance)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await StartProgramAsync(instance);
                return;
            }
            catch (InvalidOperationException) when (tries < MostStarts)
            {
                Interlocked.Increment(ref _failedStarts);
            }
        }
    }

    /// <returns>Ends with the first lead that it acknowledges.</returns>
    private async Task<Task> StartAsync(int instance)
    {
        var (started, waiting) = (Stopwatch.GetTimestamp(), _ledger.Waiting);
        var first = _senders.NextAcceptedBy(instance);
        await StartProgramSurelyAsync(instance);
        _starts.Add(new SoakStart(Stopwatch.GetElapsedTime(started).TotalMilliseconds, _programs[instance].Cpu.TotalMilliseconds, waiting));
        _ = first.ContinueWith(
            _ =>
            {
                var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                lock (_firstAnswers)
                {
                    _firstAnswers.Add(took);
                }
            },
            TaskScheduler.Default);
        return first;
    }

    /// <summary>
    /// Until this part of the time has gone by or, without a time, of the leads. Kills don't run far ahead of the leads: a machine that is too slow for both
    /// would show nothing but starts.
    /// </summary>
    private async Task UntilAsync(double moment, Task sending, CancellationToken stop)
    {
        var since = Stopwatch.GetTimestamp();
        while (((_plan.KillingTime is { } time && _clock.Elapsed < time * moment)
                || (_ledger.Acknowledged < _plan.Leads * moment * (_plan.KillingTime is null ? 1 : 0.5) && !sending.IsCompleted))
            && Stopwatch.GetElapsedTime(since) < MostBetweenKills)
        {
            await Task.Delay(10, stop);
        }
    }

    private async Task ShowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _plan.Progress(Progress());
            await Task.Delay(_plan.ProgressEvery, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private string Progress() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_clock.Elapsed:hh\\:mm\\:ss}  {_ledger.Acknowledged:#,0} of {_plan.Leads:#,0} acknowledged, {_ledger.Rows:#,0} rows, "
        + $"{_ledger.Mailed:#,0} mailed, {_ledger.Kills} kills, {_ledger.Unanswered} posts unanswered, last start {_starts.LastOrDefault()?.Milliseconds:0} ms, "
        + $"store {_plan.StoreBytes() / 1048576.0:0} MiB, Dataverse {_destinations.Turns[0].Current}, SendGrid {_destinations.Turns[1].Current}");
}

/// <summary>A start after a kill, until the program listened.</summary>
/// <param name="Cpu">What it had of a core until then, in milliseconds: on a busy machine this says more.</param>
/// <param name="Waiting">How many leads waited for delivery.</param>
internal sealed record SoakStart(double Milliseconds, double Cpu, int Waiting);
