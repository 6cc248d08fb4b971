using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>A CRM that does what it is asked and loses its first answer about each lead.</summary>
public sealed class LostAnswerTests
{
    private const int Leads = 200;

    private readonly HashSet<string> _answered = [];

    [Theory]
    [InlineData("00:00:01, 00:00:01, 00:00:01, 00:00:01", 45)]
    [InlineData("00:00:01, 00:01:00, 01:00:00", 45)]
    [InlineData("00:00:05, 00:00:30, 00:02:00, 00:10:00", 120)]
    public async Task Each_lead_is_one_row_and_delivered_within_seconds(string schedule, int seconds)
    {
        await using var rig = await DeliveryRig.StartAsync(("Delivery:RetrySchedule", schedule));
        using var time = new PassingTime(rig);
        rig.Crm.FaultOf = LoseFirst;
        var leads = new List<Guid>();
        for (var lead = 0; lead < Leads; lead++)
        {
            leads.Add(await rig.PostAsync());
        }

        await time.PassAsync(TimeSpan.FromSeconds(seconds));

        Assert.Equal(leads.Order(), rig.Crm.Rows.Keys.Order());
        Assert.Equal(2 * Leads, rig.Crm.Requests.Count);
        foreach (var lead in leads)
        {
            Assert.Equal(["unanswered", "delivered"], (await rig.WaitForStatusAsync(lead, "crm", "delivered")).Outcomes());
        }
    }

    [Fact]
    public async Task An_outage_after_it_costs_few_requests_all_the_same()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        rig.Crm.FaultOf = LoseFirst;
        for (var lead = 0; lead < 20; lead++)
        {
            await rig.PostAsync();
        }

        await time.PassAsync(TimeSpan.FromMinutes(1), () => rig.Crm.Requests.Count == 40);
        rig.Crm.FaultOf = null;
        rig.Crm.Always = Fault.Reset;
        for (var lead = 0; lead < 50; lead++)
        {
            await rig.PostAsync();
        }

        await time.PassAsync(TimeSpan.FromMinutes(30));

        // Some thirty until it is noticed, then as in any outage.
        Assert.InRange(rig.Crm.Requests.Count - 40, 1, 32 + 8 + 16 + 30);
        rig.Crm.Always = null;
        await time.PassAsync(TimeSpan.FromDays(1), () => rig.Crm.Rows.Count == 70);
        Assert.Equal(70, rig.Crm.Rows.Count);
    }

    private Fault? LoseFirst(RecordedRequest request)
    {
        lock (_answered)
        {
            return _answered.Add(request.Body) ? Fault.ResetAfterHandling : null;
        }
    }
}
