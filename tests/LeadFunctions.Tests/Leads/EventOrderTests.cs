using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Leads;

public sealed class EventOrderTests
{
    private static readonly DateTimeOffset Now = Posted.At;

    [Fact]
    public void An_end_without_a_date_is_final()
    {
        var end = EventOrder.Of(EventStage.End, null, Now);

        Assert.True(end > EventOrder.Of(EventStage.Beginning, null, Now + TimeSpan.FromDays(9)));
        Assert.True(end > EventOrder.Of(EventStage.Change, null, Now + TimeSpan.FromDays(9)));
        Assert.True(end > EventOrder.Of(EventStage.Change, Now - TimeSpan.FromMinutes(1), Now + TimeSpan.FromDays(9)));
        Assert.True(end > EventOrder.Of(EventStage.Change, Now + TimeSpan.FromMinutes(1), Now));
    }

    [Fact]
    public void Without_dates_changes_count_by_arrival_and_come_after_the_beginning()
    {
        var change = EventOrder.Of(EventStage.Change, null, Now);

        Assert.True(change < EventOrder.Of(EventStage.Change, null, Now + TimeSpan.FromMilliseconds(1)));
        Assert.True(change > EventOrder.Of(EventStage.Beginning, null, Now + TimeSpan.FromDays(9)));
    }

    [Fact]
    public void With_dates_only_those_count_and_at_the_same_moment_the_stage()
    {
        Assert.True(EventOrder.Of(EventStage.Beginning, Now, Now) > EventOrder.Of(EventStage.End, Now - TimeSpan.FromMilliseconds(1), Now));
        Assert.True(EventOrder.Of(EventStage.Beginning, Now, Now) < EventOrder.Of(EventStage.Change, Now, Now));
    }

    [Fact]
    public void The_stored_number_is_read_again_and_sorts_as_the_order_does()
    {
        EventOrder[] orders =
        [
            .. from stage in Enum.GetValues<EventStage>()
               from dated in new DateTimeOffset?[] { null, Now, Now + TimeSpan.FromDays(400) }
               from arrived in new[] { Now, Now + TimeSpan.FromMilliseconds(1), DateTimeOffset.UnixEpoch - TimeSpan.FromDays(1), DateTimeOffset.MaxValue }
               select EventOrder.Of(stage, dated, arrived),
        ];

        Assert.All(orders, order => Assert.Equal(order, EventOrder.FromStored(order.Stored)));
        Assert.All(orders.Zip(orders.Reverse()), pair => Assert.Equal(Math.Sign(pair.First.CompareTo(pair.Second)), pair.First.Stored.CompareTo(pair.Second.Stored)));
    }

    /// <summary>As the versions before wrote them.</summary>
    [Theory]
    [InlineData(nameof(EventStage.Beginning), false, 7_055_999_840_000)]
    [InlineData(nameof(EventStage.Change), false, 4_510_655_627_210_337)]
    [InlineData(nameof(EventStage.End), true, 9_014_255_254_580_834)]
    [InlineData(nameof(EventStage.EndOfGroup), false, 13_517_854_881_951_331)]
    public void The_number_is_the_one_that_older_stores_hold(string stage, bool isDated, long stored)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(stored % (1L << 52) / 4);

        Assert.Equal(stored, EventOrder.Of(Enum.Parse<EventStage>(stage), isDated ? at : null, at).Stored);
    }
}
