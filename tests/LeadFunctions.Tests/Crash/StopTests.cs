using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

public sealed class StopTests
{
    [Fact]
    public async Task Told_to_stop_under_load_it_finishes_what_is_under_way_and_ends_with_0()
    {
        await using var scene = await CrashScene.SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(100));
        await scene.StartAsync();
        var load = scene.PostAsync(300);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Mails.Count > 5);

        var exitCode = await scene.Program.TerminateAsync();
        await load;
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(scene.Acknowledged);
        // Nothing was cut off, so nothing was sent twice.
        Assert.Empty(scene.MailedAgain());
        Assert.All(scene.Acknowledged, lead => Assert.Equal(1, scene.CreatesOf(lead)));
    }
}
