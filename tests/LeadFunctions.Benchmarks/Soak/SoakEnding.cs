using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// The end of a soak: all that waits arrives, and what hasn't by the end of the time is looked for in the run history. What is there, and waits, is not lost.
/// </summary>
internal sealed class SoakEnding(SoakPlan plan, SoakLedger ledger, IReadOnlyList<SoakProgram> programs, Stopwatch clock)
{
    /// <summary>Whether a lead is gone or only late isn't known before this time without any arrival.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>A quarter of a million takes two minutes where the machine is quiet.</summary>
    private static readonly TimeSpan MostToLook = TimeSpan.FromMinutes(3);

    /// <summary>Deliveries that had become dead letters, by interruptions for example, and were put back as an operator would.</summary>
    public int Resubmitted { get; private set; }

    /// <summary>Acknowledged leads that are not in the run history, or whose delivery it calls done though nothing has arrived.</summary>
    public int Lost { get; private set; }

    /// <summary>Acknowledged leads that haven't arrived at both destinations, and are in the run history as such.</summary>
    public int Waiting { get; private set; }

    /// <summary>Acknowledged leads that haven't arrived and could not be asked for.</summary>
    public int NotKnown { get; private set; }

    /// <summary>Waits until nothing is on its way any more, the time is over, or nothing has moved for a long time.</summary>
    public async Task LetArriveAsync(CancellationToken stop)
    {
        using var client = Client();
        var (arrivals, since) = (-1L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < Patience && !(clock.Elapsed > plan.ArrivingTime))
        {
            await Task.Delay(500, stop);
            if (arrivals != ledger.Arrivals)
            {
                (arrivals, since) = (ledger.Arrivals, Stopwatch.GetTimestamp());
                continue;
            }

            try
            {
                if (await NothingIsUnfinishedAsync(client, stop))
                {
                    return;
                }
            }
            catch (Exception busy) when (busy is HttpRequestException or JsonException || (busy is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // The store is too busy to say; what arrives counts.
            }
        }
    }

    public async Task LookForMissingAsync()
    {
        using var client = Client();
        using var end = new CancellationTokenSource(MostToLook);
        var (lost, waiting, notKnown) = (0, 0, 0);
        await Parallel.ForEachAsync(ledger.Missing(), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (lead, _) =>
        {
            try
            {
                using var answer = await client.GetAsync($"/api/runs/{lead.Id}", end.Token);
                // In the program's own words: a host whose worker is away finds no function either.
                if (answer.StatusCode is HttpStatusCode.NotFound && (await answer.Content.ReadAsStringAsync(end.Token)).Contains("No such lead", StringComparison.Ordinal))
                {
                    Lose($"Lead {lead.Number} was acknowledged as {lead.Id} and is not in the store.");
                    return;
                }

                using var run = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(end.Token));
                var (row, mail) = (ledger.HasRow(lead.Number), ledger.HasMail(lead.Number));
                if (!(row || Waits(run, "crm")) || !(mail || Waits(run, "mail")))
                {
                    Lose($"Lead {lead.Number}, {lead.Id}, is done and has not arrived.");
                }
                else if (!(row && mail))
                {
                    Interlocked.Increment(ref waiting);
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or JsonException)
            {
                Interlocked.Increment(ref notKnown);
            }
        });
        (Lost, Waiting, NotKnown) = (lost, waiting, notKnown);

        void Lose(string what)
        {
            Interlocked.Increment(ref lost);
            ledger.Fault(what);
        }
    }

    private async Task<bool> NothingIsUnfinishedAsync(HttpClient client, CancellationToken stop)
    {
        using var ready = JsonDocument.Parse(await client.GetStringAsync("/api/health/ready", stop));
        if (ready.RootElement.GetProperty("deadLetters").GetInt32() == 0)
        {
            return ready.RootElement.GetProperty("unfinished").EnumerateObject().All(destination => destination.Value.GetInt32() == 0);
        }

        using var answer = await client.PostAsync("/api/runs/resubmit", null, stop);
        using var resubmitted = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(stop));
        Resubmitted += resubmitted.RootElement.GetProperty("resubmitted").GetInt32();
        return false;
    }

    private static bool Waits(JsonDocument run, string destination) => run.RootElement.GetProperty("deliveries").EnumerateArray()
        .Any(delivery => delivery.GetProperty("destination").GetString() == destination && delivery.GetProperty("status").GetString() is "pending" or "in_flight" or "dead_letter");

    private HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = programs[0].Url };
        client.DefaultRequestHeaders.Add("x-functions-key", SoakProgram.RunsKey);
        return client;
    }
}
