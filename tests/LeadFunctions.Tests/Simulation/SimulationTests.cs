using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// The program's life from seeds, see <see cref="Simulation"/>. <c>LEADFUNCTIONS_SIMULATION_SEED</c> plays one seed and writes its story;
/// <c>LEADFUNCTIONS_SIMULATION_SEEDS</c> says how many are played, from that one on (default 1).
/// </summary>
public sealed class SimulationTests
{
    private const string Seed = "LEADFUNCTIONS_SIMULATION_SEED";
    private const string Seeds = "LEADFUNCTIONS_SIMULATION_SEEDS";
    private const int InTheSuite = 200;

    [Fact]
    public void Whatever_happens_every_promise_is_kept()
    {
        if (Number(Seed) is { } only && Number(Seeds) is null)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(PlayAlone(only).Story);
            return;
        }

        // The same ones each time: what a new seed finds is for whoever looks for it, and not for whoever changes something else.
        int[] seeds = [.. Enumerable.Range(Number(Seed) ?? 1, Number(Seeds) ?? InTheSuite)];
        var took = Stopwatch.StartNew();
        var failures = Play(seeds);
        TestContext.Current.TestOutputHelper!.WriteLine($"{seeds.Length} seeds took {took.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(
            failures.IsEmpty,
            $"{failures.Count} of {seeds.Length} seeds broke a promise; {Seed} plays one.\n{string.Join('\n', failures.Take(3))}");
    }

    [Fact]
    public void The_same_seed_tells_the_same_story()
    {
        // On a storage account who claims meets others in an order of its own.
        foreach (var seed in (int[])[1, 2, 4, 5, 7, 8])
        {
            var (first, second) = (PlayAlone(seed), PlayAlone(seed));

            Assert.Equal(first.Story, second.Story);
            Assert.Equal(first.Hash, second.Hash);
            Assert.Contains("recorded", first.Story, StringComparison.Ordinal);
        }
    }

    private static ConcurrentQueue<string> Play(int[] seeds)
    {
        var (failures, next) = (new ConcurrentQueue<string>(), -1);
        // Each waits for its store's writer again and again.
        var threads = Enumerable.Range(0, Math.Min(2 * Environment.ProcessorCount, seeds.Length)).Select(_ => new Thread(PlayNext)).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures;

        void PlayNext()
        {
            while (Interlocked.Increment(ref next) is var number && number < seeds.Length)
            {
                try
                {
                    Simulation.Run(seeds[number]);
                }
                catch (SimulationException exception)
                {
                    failures.Enqueue(exception.Message);
                }
            }
        }
    }

    /// <summary>On a thread of its own: a simulation has the whole of it.</summary>
    private static (string Hash, string Story) PlayAlone(int seed)
    {
        var (played, failure) = (default((string Hash, string Story)), default(SimulationException));
        var thread = new Thread(() =>
        {
            try
            {
                played = Simulation.Run(seed);
            }
            catch (SimulationException exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(failure is null, $"{failure?.Message}\n{failure?.Story}");
        return played;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
