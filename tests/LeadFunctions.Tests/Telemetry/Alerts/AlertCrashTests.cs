using System.Net;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Telemetry.Alerts;

/// <summary>Real programs: one that is killed before it could tell, and four that share a store.</summary>
public sealed class AlertCrashTests(SharedAzurite azurite)
{
    private static readonly (string Key, string Value)[] Quick = [("Alerts__Mail__To", AlertScene.Operator), ("Alerts__GatherFor", "00:00:00")];

    [Fact]
    public async Task What_a_killed_program_could_not_tell_is_told_once_after_its_start()
    {
        await using var scene = await CrashScene.SetAsync();
        scene.Dataverse.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        await scene.StartAsync([.. Quick, ("Alerts__Every", "01:00:00")]);
        await scene.PostAsync(5);
        await Eventually.TrueAsync(() => scene.Program.Output.Split("is a dead letter at crm").Length == 6, "five are dead letters");
        await scene.Program.KillAsync();
        Assert.Empty(Alerts(scene));

        await scene.StartAsync([.. Quick, ("Alerts__Every", "00:00:00.1")]);
        await ToldAsync(scene, "5 dead letters at crm");
        await RefuseAsync(scene);
        await ToldAsync(scene, "1 post was refused");
        await scene.Program.KillAsync();
        await scene.StartAsync([.. Quick, ("Alerts__Every", "00:00:00.1"), ("Alerts__Silence", "00:00:01")]);
        await ToldAsync(scene, "No lead since");

        Assert.Single(Alerts(scene), mail => mail.Subject == "5 dead letters at crm");
    }

    [Fact]
    public async Task Of_four_instances_one_tells()
    {
        await using var scene = await CrashScene.SetAsync((await azurite.GetAsync()).NewStore());
        scene.Dataverse.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        (string, string)[] settings = [.. Quick, ("Alerts__Every", "00:00:00.2")];
        await scene.StartAsync(settings);
        await scene.StartAnotherAsync(settings);
        await scene.StartAnotherAsync(settings);
        await scene.StartAnotherAsync(settings);

        await scene.PostAsync(4);
        await ToldAsync(scene, "dead letter");
        await RefuseAsync(scene);
        await ToldAsync(scene, "1 post was refused");

        Assert.Single(Alerts(scene), mail => mail.Subject!.Contains("dead letter", StringComparison.Ordinal));
        Assert.True(Alerts(scene).Length == 2, string.Join('\n', Alerts(scene).Select(mail => mail.Subject)));
    }

    /// <summary>Without those about the store: while that is away each may tell it, and on a busy machine the emulator is now and then.</summary>
    private static SentMail[] Alerts(CrashScene scene) =>
        [.. scene.SendGrid.Mails.Where(mail => mail.To.Contains(AlertScene.Operator) && !mail.Subject!.Contains("The store can", StringComparison.Ordinal))];

    private static async Task RefuseAsync(CrashScene scene)
    {
        using var refused = await scene.Program.PostAsync("[]");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    /// <summary>What is told of something later comes from a later look than all that was told before.</summary>
    private static Task ToldAsync(CrashScene scene, string what) =>
        Eventually.TrueAsync(() => Alerts(scene).Any(mail => mail.Subject!.Contains(what, StringComparison.Ordinal)), $"somebody is told: {what}", TimeSpan.FromSeconds(90));
}
