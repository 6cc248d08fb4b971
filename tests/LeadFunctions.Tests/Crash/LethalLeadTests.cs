using System.Text.Json;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>A lead whose sending ends the program: kill -9 at the moment when it arrives, and a new start each time.</summary>
public abstract class LethalLeadTests
{
    private const string Lethal = """{"OfferTitle":"Deadly","UserDetails":{"LastName":"Lethal","Email":"lethal@contoso.example"}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract Task<CrashScene> SetAsync();

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 8)]
    public async Task Only_the_lead_that_ends_the_program_becomes_a_dead_letter_and_all_others_arrive(bool atBoth, int mostDeaths)
    {
        const int Others = 24;
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(200));
        using var arrived = new SemaphoreSlim(0);
        scene.Dataverse.FaultOf = DieOf;
        scene.SendGrid.FaultOf = atBoth ? DieOf : null;
        await scene.StartAsync();
        var load = scene.PostAsync(Others / 2);
        using var answer = await scene.Program.PostAsync(Lethal);
        var lethal = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("leadId").GetGuid();
        await load;
        await scene.PostAsync(Others / 2);

        var deaths = 0;
        while (await EndsItAsync())
        {
            deaths++;
            Assert.True(deaths <= mostDeaths, $"The program was ended {deaths} times.");
            await scene.Program.KillAsync();
            await scene.StartAsync();
        }

        await scene.WaitUntilTheTimerHasFoundAllAsync();
        var deliveries = await DeliveriesAsync(scene, lethal);
        Assert.Equal(["dead_letter", atBoth ? "dead_letter" : "delivered"], deliveries.Select(Status));
        Assert.Matches("^Interrupted [3-5] times in a row", deliveries[0].GetProperty("lastError").GetString());
        Assert.InRange(scene.Acknowledged.Count, 1, Others);
        foreach (var other in scene.Acknowledged)
        {
            await scene.UntilAsync(
                async () => (await DeliveriesAsync(scene, other)).All(delivery => Status(delivery) == "delivered"),
                "what has arrived is known to have");
        }

        scene.AssertAtMostOneExtraMail(deaths);

        scene.Dataverse.FaultOf = scene.SendGrid.FaultOf = null;
        using var resubmit = await scene.Program.PostAsync("", $"/api/runs/{lethal}/resubmit");
        await scene.UntilAsync(
            async () => (await DeliveriesAsync(scene, lethal)).All(delivery => Status(delivery) == "delivered"),
            "what was resubmitted has arrived");

        Fault? DieOf(RecordedRequest request)
        {
            if (!request.Body.Contains("Lethal", StringComparison.Ordinal))
            {
                return null;
            }

            arrived.Release();
            return Fault.Hang;
        }

        // Until it arrives once more, or nothing of it can arrive any more.
        async Task<bool> EndsItAsync()
        {
            var ended = false;
            await scene.UntilAsync(
                async () =>
                    (ended = arrived.Wait(0, Stop))
                    || (await DeliveriesAsync(scene, lethal))[..(atBoth ? 2 : 1)].All(delivery => Status(delivery) == "dead_letter"),
                "the lead arrives, or is given up on");
            while (ended && arrived.Wait(0, Stop))
            {
                // At both at once: it is one death.
            }

            return ended;
        }
    }

    [Fact]
    public async Task A_stop_that_finishes_what_is_under_way_interrupts_nothing_however_often()
    {
        await using var scene = await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Status(503);
        await scene.StartAsync();
        await scene.PostAsync(1);
        for (var stops = 0; stops < 6; stops++)
        {
            var requests = scene.Dataverse.Requests.Count;
            await scene.UntilAsync(() => Task.FromResult(scene.Dataverse.Requests.Count > requests), "it is tried again");
            Assert.Equal(0, await scene.Program.TerminateAsync());
            await scene.StartAsync();
        }

        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.WaitUntilAllArrivedAsync();
        var run = await scene.Program.Client.GetStringAsync($"/api/runs/{Assert.Single(scene.Acknowledged)}", Stop);
        Assert.DoesNotContain("interrupted", run, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> DeliveriesAsync(CrashScene scene, Guid lead)
    {
        var run = JsonDocument.Parse(await scene.Program.Client.GetStringAsync($"/api/runs/{lead}", Stop)).RootElement;
        return [.. run.GetProperty("deliveries").EnumerateArray().OrderBy(delivery => delivery.GetProperty("destination").GetString(), StringComparer.Ordinal)];
    }

    private static string? Status(JsonElement delivery) => delivery.GetProperty("status").GetString();
}

public sealed class SqliteLethalLeadTests : LethalLeadTests
{
    private protected override Task<CrashScene> SetAsync() => CrashScene.SetAsync();
}

/// <summary>Behind the Functions host: each time the queue brings it back.</summary>
public sealed class AzureLethalLeadTests(SharedAzurite azurite) : LethalLeadTests
{
    private protected override async Task<CrashScene> SetAsync() => await CrashScene.SetBehindHostOnAsync(await azurite.GetAsync());
}
