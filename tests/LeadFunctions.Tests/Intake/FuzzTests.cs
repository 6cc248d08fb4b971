using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>
/// Valid leads, mutated for as long as <c>LEADFUNCTIONS_FUZZ_SECONDS</c> says (default 5). A failure names the body's seed; with
/// <c>LEADFUNCTIONS_FUZZ_SEED</c> set to it, that body is the first.
/// </summary>
public sealed class FuzzTests
{
    private const int AtOnce = 4;
    private const int InOneRound = 500;
    private const int MostBytes = 262_144;

    private readonly ConcurrentDictionary<Guid, int> _accepted = new();
    private int _inputs;
    private int _refused;

    [Fact]
    public async Task Whatever_becomes_of_a_lead_it_is_refused_and_kept_or_stored_and_arrives_everywhere()
    {
        var seconds = Number("LEADFUNCTIONS_FUZZ_SECONDS") ?? 5;
        var seed = Number("LEADFUNCTIONS_FUZZ_SEED") ?? Random.Shared.Next();
        await using var all = await EveryDestination.StartAsync();
        var took = Stopwatch.StartNew();
        while (took.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, InOneRound),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
                async (_, _) => await PostAsync(all.App, unchecked(seed + Interlocked.Increment(ref _inputs) - 1)));
            await all.SettleAsync();
        }

        try
        {
            await all.AssertArrivedAsync([.. _accepted.Keys]);
        }
        catch (Exception exception)
        {
            Assert.Fail($"Seeds {seed} to {unchecked(seed + _inputs)}: {exception.Message}");
        }

        Assert.True(_accepted.Count > 10 && _refused > 10, $"{_inputs} inputs from seed {seed}: {_accepted.Count} leads, {_refused} refused.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{_inputs} inputs from seed {seed}: {_accepted.Count} leads, {_refused} refused, the others repeats.");
    }

    private async Task PostAsync(LeadApp app, int seed)
    {
        var body = new BodyMutator(seed).Body();
        try
        {
            using var response = await app.PostAsync(new ByteArrayContent(body));
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                var lead = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("leadId").GetGuid();
                Assert.NotNull(await app.Store.FindRunAsync(new LeadId(lead)));
                _accepted.TryAdd(lead, seed);
                return;
            }

            var tooLarge = body.Length > MostBytes;
            var answer = await ProblemAnswer.ReadAsync(response, tooLarge ? HttpStatusCode.RequestEntityTooLarge : HttpStatusCode.BadRequest);
            Assert.NotEmpty(answer.Errors);
            Assert.Equal(tooLarge ? body[..MostBytes] : body, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Body.ToArray());
            Interlocked.Increment(ref _refused);
        }
        catch (Exception exception)
        {
            Assert.Fail($"Seed {seed}: {exception.Message}\n{Encoding.Latin1.GetString(body)}");
        }
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
