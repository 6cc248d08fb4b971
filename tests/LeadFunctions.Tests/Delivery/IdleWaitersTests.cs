using LeadFunctions.Delivery;

namespace LeadFunctions.Tests.Delivery;

public sealed class IdleWaitersTests
{
    [Fact]
    public void Only_those_who_waited_before_the_look_are_told()
    {
        var waiters = new IdleWaiters();
        var (first, second) = (waiters.AddAsync(), waiters.AddAsync());
        var count = waiters.Count;
        var late = waiters.AddAsync();

        waiters.Release(count);

        Assert.Equal((true, true, false), (first.IsCompleted, second.IsCompleted, late.IsCompleted));
        Assert.Equal(1, waiters.Count);
    }

    [Fact]
    public void Nobody_is_told_when_nobody_waited_before_the_look()
    {
        var waiters = new IdleWaiters();
        var count = waiters.Count;
        var late = waiters.AddAsync();

        waiters.Release(count);

        Assert.False(late.IsCompleted);
    }
}
