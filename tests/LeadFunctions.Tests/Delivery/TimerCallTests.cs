using LeadFunctions.Delivery;
using LeadFunctions.Settings;
using LeadFunctions.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Delivery;

/// <summary>How long the timer's call stays open: each second of it is paid for.</summary>
public sealed class TimerCallTests
{
    private const int Minutes = 12;

    public static TheoryData<string, int> Outages => new()
    {
        // A minute's call is one refused attempt and at most a short pause.
        { "refuses", 10 },
        // One attempt of 30 s, and what is left of a pause.
        { "hangs", 40 },
    };

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task In_an_outage_with_a_backlog_it_ends_when_nothing_more_can_be_tried_in_its_minute(string how, int mostSeconds)
    {
        await using var rig = await DeliveryRig.StartAsync((StartEnvironment.HostAddress, "http://127.0.0.1:1/"), ("Runs:Keys:0", "a-key-for-the-run-history"));
        using var time = new PassingTime(rig) { AnswersHang = how == "hangs" };
        rig.Crm.Always = how == "hangs" ? Fault.Hang : Fault.Status(503);
        for (var lead = 1; lead <= 30; lead++)
        {
            await rig.PostAsync();
            await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == lead);
        }

        var open = new List<TimeSpan>();
        for (var minute = 0; minute < Minutes; minute++)
        {
            open.Add(await CallAsync(rig, time));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"The CRM {how}: {string.Join(", ", open.Select(span => $"{span.TotalSeconds:0}"))} s.");
        // The first minutes find the beginning of the outage: several attempts at once, and pauses that are short.
        Assert.All(open[2..], span => Assert.InRange(span.TotalSeconds, 0, mostSeconds));
        Assert.InRange(rig.Crm.Requests.Count, Minutes / 2, Minutes + 20);

        rig.Crm.Always = null;
        await time.PassAsync(TimeSpan.FromMinutes(1));
        time.AnswersHang = false;
        for (var minute = 0; minute < 60 && rig.Crm.Rows.Count < 30; minute++)
        {
            await CallAsync(rig, time);
        }

        Assert.Equal(30, rig.Crm.Rows.Count);
    }

    /// <summary>A call and the rest of its minute; says for how long the call was open.</summary>
    private static async Task<TimeSpan> CallAsync(DeliveryRig rig, PassingTime time)
    {
        var start = rig.Time.GetUtcNow();
        var call = rig.App.App.Services.GetRequiredService<Sweep>().RunAsync(TestContext.Current.CancellationToken);
        // For deliveries, and for all.
        time.MoreTimers = 2;
        while (await Task.WhenAny(call, Task.Delay(40, TestContext.Current.CancellationToken)) != call)
        {
            await time.PassAsync(TimeSpan.FromSeconds(1), () => call.IsCompleted);
        }

        time.MoreTimers = 0;
        await call;
        var open = rig.Time.GetUtcNow() - start;
        await time.PassAsync(TimeSpan.FromMinutes(1) - open);
        return open;
    }
}
