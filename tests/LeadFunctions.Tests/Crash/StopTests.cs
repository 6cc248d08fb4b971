using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>SIGTERM, and the Functions host's word; with every store.</summary>
public abstract class StopTests
{
    /// <summary>
    /// Nothing dies here, so no lease has to end soon; and on a busy machine no answer comes too late, after which the mail would be sent again.
    /// </summary>
    private static readonly (string, string)[] Patient = [("Delivery__AttemptTimeout", "00:01:00"), ("Delivery__LeaseDuration", "00:02:00")];

    /// <summary>More than are taken and delivered before it is told to stop.</summary>
    private protected virtual int Posts => 300;

    private protected abstract Task<CrashScene> SetAsync();

    private protected abstract Task<CrashScene> SetBehindHostAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Told_to_stop_under_load_it_finishes_what_is_under_way_and_ends_with_0(bool byTheHost)
    {
        await using var scene = byTheHost ? await SetBehindHostAsync() : await SetAsync();
        scene.Dataverse.Always = scene.SendGrid.Always = Fault.Delay(TimeSpan.FromMilliseconds(100));
        await scene.StartAsync(Patient);
        var load = scene.PostAsync(Posts);
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.Mails.Count > 5);

        var exitCode = await scene.Program.TerminateAsync();
        await load;
        scene.Dataverse.Always = scene.SendGrid.Always = null;
        await scene.StartAsync(Patient);
        await scene.WaitUntilTheTimerHasFoundAllAsync();

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(scene.Acknowledged);
        // Nothing was cut off, so nothing was sent twice.
        Assert.Empty(scene.MailedAgain());
        Assert.All(scene.Acknowledged, lead => Assert.Equal(1, scene.CreatesOf(lead)));
    }

    [Fact]
    public async Task Told_to_stop_by_the_host_with_more_waiting_than_it_can_send_it_begins_nothing_new_and_sends_nothing_twice()
    {
        await using var scene = await SetBehindHostAsync();
        scene.SendGrid.Always = Fault.Delay(TimeSpan.FromSeconds(2));
        await scene.StartAsync(Patient);
        await scene.PostAsync(40);
        // With loops of its own the program keeps it open.
        var timer = ((HostedProgram)scene.Program).CallTimerAsync();
        await scene.SendGrid.WaitForAsync(() => scene.SendGrid.InFlight == 8);
        var sent = scene.SendGrid.Requests.Count;

        var exitCode = await scene.Program.TerminateAsync();
        await Record.ExceptionAsync(() => timer);
        var sentByTheEnd = scene.SendGrid.Requests.Count;
        scene.SendGrid.Always = null;
        await scene.StartAsync(Patient);
        await scene.WaitUntilTheTimerHasFoundAllAsync();

        Assert.Equal(0, exitCode);
        Assert.InRange(sentByTheEnd, sent, sent + 8);
        Assert.Empty(scene.MailedAgain());
    }
}
