using System.Diagnostics;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>Alerts behind the Functions host: the timer's function looks, and tells by a receiver that stands for SendGrid.</summary>
public sealed class HostedAlertTests(SharedAzurite azurite)
{
    private const string Operator = "ops@contoso.example";
    private const string Refusal = """{"error":{"code":"0x80048d19","message":"Invalid property 'new_campain'"}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_outage_is_told_once_with_its_reason_and_once_when_it_is_over(bool onAzureStorage)
    {
        await using var scene = await SetAsync(onAzureStorage);
        scene.Dataverse.Always = Fault.Status(503, """{"error":{"code":"0x80060891","message":"The service is under maintenance."}}""");
        await StartAsync(
            scene,
            ("Alerts__FailingAfter", "00:00:01"),
            ("Delivery__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:02", 100))));
        await scene.PostAsync(3);

        await LookUntilAsync(scene, () => Alerts(scene).Length > 0, "the outage is told");
        await LookAsync(scene, 2);
        var begin = Assert.Single(Alerts(scene));
        Assert.StartsWith("crm has been failing since", begin.Subject, StringComparison.Ordinal);
        Assert.Contains("The service is under maintenance.", begin.Text, StringComparison.Ordinal);

        scene.Dataverse.Always = null;
        await LookUntilAsync(scene, () => scene.Dataverse.Rows.Count == 3 && Alerts(scene).Length > 1, "its end is told");
        await LookAsync(scene, 2);

        Assert.Equal(2, Alerts(scene).Length);
        Assert.Equal(begin.Subject, Alerts(scene)[0].Subject);
        Assert.StartsWith("Over: ", Alerts(scene)[1].Subject, StringComparison.Ordinal);
        Assert.Contains("crm", Alerts(scene)[1].Subject, StringComparison.Ordinal);
    }

    // On the emulator, which takes a processor for itself, each look reads as many pages for some hundred as for a thousand: one.
    [Theory]
    [InlineData(false, 1_000)]
    [InlineData(true, 150)]
    public async Task A_thousand_dead_letters_are_one_mail(bool onAzureStorage, int leads)
    {
        const int Steps = 5;
        var step = CrashScene.LeadsOr(leads) / Steps;
        await using var scene = await SetAsync(onAzureStorage);
        scene.Dataverse.Always = Fault.Status(400, Refusal);
        await StartAsync(scene);

        for (var dead = step; dead <= Steps * step; dead += step)
        {
            await scene.PostAsync(step);
            await DeadAsync(scene, dead);
            await LookAsync(scene, 1);
        }

        await LookAsync(scene, 3);

        var mail = Assert.Single(Alerts(scene));
        Assert.Equal($"{Steps * step:#,0} dead letters at crm", mail.Subject);
        Assert.Contains("Invalid property 'new_campain'", mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_killed_worker_could_not_tell_is_told_once_by_the_next(bool onAzureStorage)
    {
        await using var scene = await SetAsync(onAzureStorage);
        scene.Dataverse.Always = Fault.Status(400, Refusal);
        await StartAsync(scene, ("Alerts__GatherFor", "00:00:00"));
        await scene.PostAsync(5);
        await DeadAsync(scene, 5);
        await scene.Program.KillAsync();
        Assert.Empty(Alerts(scene));

        await StartAsync(scene, ("Alerts__GatherFor", "00:00:00"));
        await LookAsync(scene, 3);

        Assert.Equal("5 dead letters at crm", Assert.Single(Alerts(scene)).Subject);
    }

    private async Task<CrashScene> SetAsync(bool onAzureStorage) =>
        onAzureStorage ? await CrashScene.SetBehindHostOnAsync(await azurite.GetAsync()) : await CrashScene.SetBehindHostAsync();

    private static Task StartAsync(CrashScene scene, params (string Key, string Value)[] more) =>
        scene.StartAsync([("Alerts__Mail__To", Operator), .. more]);

    private static SentMail[] Alerts(CrashScene scene) => [.. scene.SendGrid.Mails.Where(mail => mail.To.Contains(Operator))];

    /// <summary>A minute of the host's is a call.</summary>
    private static async Task LookAsync(CrashScene scene, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await ((HostedProgram)scene.Program).CallTimerAsync();
        }
    }

    private static Task LookUntilAsync(CrashScene scene, Func<bool> isTold, string what) => Eventually.TrueAsync(
        async () =>
        {
            await LookAsync(scene, 1);
            return isTold();
        },
        what,
        Patience);

    private static Task DeadAsync(CrashScene scene, int leads)
    {
        var sinceCall = Stopwatch.StartNew();
        return Eventually.TrueAsync(
            async () =>
            {
                // As the host does: what no message has woken is delivered by the minute's sweep.
                if (sinceCall.Elapsed > TimeSpan.FromMinutes(1))
                {
                    sinceCall.Restart();
                    await LookAsync(scene, 1);
                }

                return scene.Program.Output.Split("is a dead letter at crm").Length == leads + 1;
            },
            $"{leads} are dead letters",
            Patience);
    }
}
