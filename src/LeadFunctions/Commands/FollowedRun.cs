using System.Diagnostics;
using System.Text.Json;

namespace LeadFunctions.Commands;

/// <summary>Looks at one run until nothing of it is under way any more, and writes a line whenever something has changed.</summary>
internal sealed class FollowedRun(RunningInstance instance, Guid lead)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

    public async Task<int> UntilArrivedAsync(TimeSpan most, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        var status = await Terminal.WatchAsync("Waiting for the deliveries…", async _ =>
        {
            for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
            {
                var run = await instance.GetAsync($"/api/runs/{lead}", stop);
                var deliveries = run.GetProperty("deliveries").EnumerateArray().ToList();
                deliveries.ForEach(Show);
                if (!deliveries.Exists(IsUnderWay) || waited.Elapsed > most)
                {
                    return deliveries.Exists(IsUnderWay) ? "late" : run.GetProperty("status").GetString();
                }

                await Task.Delay(pause, stop);
            }
        });
        switch (status)
        {
            case "delivered":
                Terminal.Line("Everything has arrived.");
                return ExitCode.Done;
            case "late":
                Terminal.Complain($"Not everything arrived within {most.TotalSeconds:0} seconds; it is still tried. Look again with: LeadFunctions runs show {lead}");
                return ExitCode.Failed;
            case "no_destination":
                Terminal.Complain("No destination takes this lead: see Sources, Events and When of each destination (LeadFunctions config).");
                return ExitCode.Failed;
            default:
                Terminal.Complain($"Not everything arrived. Mend the reason (LeadFunctions check), then: LeadFunctions runs resubmit {lead}");
                return ExitCode.Failed;
        }
    }

    private static bool IsUnderWay(JsonElement delivery) => delivery.GetProperty("status").GetString() is "pending" or "in_flight";

    private void Show(JsonElement delivery)
    {
        var destination = RunText.Text(delivery, "destination")!;
        var state = RunText.State(delivery);
        if (_shown.GetValueOrDefault(destination) != state && delivery.GetProperty("status").GetString() != "in_flight")
        {
            _shown[destination] = state;
            Terminal.Line($"  {destination}: {state}");
        }
    }
}
