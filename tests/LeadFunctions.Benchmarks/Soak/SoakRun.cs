using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>Kills programs at random moments while leads are posted and their destinations are in trouble by turns, lets all arrive, and counts.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whether a lead is gone or only late isn't known before this time without any arrival.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan MostBetweenKills = TimeSpan.FromSeconds(30);

    // The rest of the time is for the last leads.
    private const double TimeForKills = 0.95;

    private readonly SoakPlan _plan;
    private readonly SoakLedger _ledger;
    private readonly SoakDestinations _destinations;
    private readonly IReadOnlyList<SoakProgram> _programs;
    private readonly SoakSenders _senders;
    private readonly Random _random;
    private readonly List<double> _starts = [];
    private readonly List<double> _firstAnswers = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _killedWhileStarting;
    private int _resubmitted;

    private SoakRun(SoakPlan plan, SoakLedger ledger, SoakDestinations destinations, string sample)
    {
        (_plan, _ledger, _destinations) = (plan, ledger, destinations);
        _random = new Random(plan.Seed);
        _programs = [.. Enumerable.Range(0, plan.Instances).Select(instance => plan.Program([.. destinations.Settings(instance), .. Settings, .. plan.Store]))];
        _senders = new SoakSenders(plan, ledger, _programs, sample);
    }

    private static IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Delivery__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:00.5", 400))),
        ("Delivery__AttemptTimeout", AttemptTimeout.ToString()),
        ("Delivery__LeaseDuration", "00:00:08"),
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
        var drained = false;
        try
        {
            await Task.WhenAll(_programs.Select(program => program.StartAsync()));
            var turns = _destinations.RunTurnsAsync(end.Token);
            var sending = _senders.RunAsync(stop);
            await KillAsync(sending, stop);
            await sending;
            _destinations.Heal();
            await DrainAsync(stop);
            drained = true;
            await turns;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The counts so far are worth telling.
        }
        catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException or TimeoutException)
        {
            _ledger.Fault($"The soak could not go on: {failure.Message}");
        }

        await end.CancelAsync();
        await progress;
        _plan.Progress(Progress());
        return new SoakReport(
            _plan, _ledger, _ledger.Count(drained), _senders.Posted, Stopwatch.GetElapsedTime(_started), _plan.StoreBytes(), _starts, [.. _firstAnswers],
            _killedWhileStarting, _resubmitted, _destinations.Requests, _destinations.Turns);
    }

    /// <summary>The kills are spread over the leads by the seed; every tenth comes while the program starts.</summary>
    private async Task KillAsync(Task sending, CancellationToken stop)
    {
        int[] moments = [.. Enumerable.Range(0, _plan.Kills).Select(_ => _random.Next(_plan.Leads)).Order()];
        for (var kill = 0; kill < _plan.Kills && !(_senders.TimeIsOver && sending.IsCompleted); kill++)
        {
            var (instance, moment) = (_random.Next(_plan.Instances), _random.Next(2, 40));
            await UntilAsync(moments[kill], _plan.MostTime * TimeForKills * (kill + 1) / _plan.Kills, sending, stop);
            await Task.Delay(moment, stop);
            await KillAsync(instance);
            for (; kill + 1 < _plan.Kills && _random.Next(10) == 0; kill++)
            {
                var starting = _programs[instance].StartAsync();
                await Task.Delay(_random.Next(10, 500), stop);
                _killedWhileStarting++;
                await KillAsync(instance);
                await starting.ContinueWith(_ => { }, TaskScheduler.Default);
            }

            await StartAsync(instance);
        }
    }

    private async Task KillAsync(int instance)
    {
        await _programs[instance].KillAsync();
        _ledger.Kill(instance, _destinations.Now);
    }

    private async Task StartAsync(int instance)
    {
        var started = Stopwatch.GetTimestamp();
        var first = _senders.NextAcceptedBy(instance);
        await _programs[instance].StartAsync();
        _starts.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
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
    }

    /// <summary>Until so many leads are acknowledged, and not longer than the time allows for all the kills.</summary>
    private async Task UntilAsync(int acknowledged, TimeSpan latest, Task sending, CancellationToken stop)
    {
        var since = Stopwatch.GetTimestamp();
        while (_ledger.Acknowledged < acknowledged && !sending.IsCompleted
            && Stopwatch.GetElapsedTime(since) < MostBetweenKills && Stopwatch.GetElapsedTime(_started) < latest)
        {
            await Task.Delay(10, stop);
        }
    }

    /// <summary>Waits until nothing is on its way any more, or nothing has moved for a long time. Dead letters are put back as an operator would.</summary>
    private async Task DrainAsync(CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = _programs[0].Url };
        client.DefaultRequestHeaders.Add("x-functions-key", SoakProgram.RunsKey);
        var (arrivals, since) = (-1L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < Patience)
        {
            await Task.Delay(500, stop);
            if (arrivals != _ledger.Arrivals)
            {
                (arrivals, since) = (_ledger.Arrivals, Stopwatch.GetTimestamp());
                continue;
            }

            using var ready = JsonDocument.Parse(await client.GetStringAsync("/api/health/ready", stop));
            if (ready.RootElement.GetProperty("deadLetters").GetInt32() > 0)
            {
                using var answer = await client.PostAsync("/api/runs/resubmit", null, stop);
                using var resubmitted = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(stop));
                _resubmitted += resubmitted.RootElement.GetProperty("resubmitted").GetInt32();
            }
            else if (ready.RootElement.GetProperty("unfinished").EnumerateObject().All(destination => destination.Value.GetInt32() == 0))
            {
                return;
            }
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
        $"{Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}  {_ledger.Acknowledged:#,0} of {_plan.Leads:#,0} acknowledged, {_ledger.Rows:#,0} rows, "
        + $"{_ledger.Mailed:#,0} mailed, {_ledger.Kills} kills, {_ledger.Unanswered} posts unanswered, "
        + $"store {_plan.StoreBytes() / 1048576.0:0} MiB, Dataverse {_destinations.Turns[0].Current}, SendGrid {_destinations.Turns[1].Current}");
}
