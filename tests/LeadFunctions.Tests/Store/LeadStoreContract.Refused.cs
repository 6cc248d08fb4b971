using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Store;

public abstract partial class LeadStoreContract
{
    [Fact]
    public async Task Refused_bodies_are_listed_newest_first_page_by_page()
    {
        var all = new List<RefusedBody>();
        for (var second = 0; second < 5; second++)
        {
            all.Add(await RefuseAsync(second, Sources.Marketplace, $"body {second}"));
        }

        var first = await Store.ListRefusedAsync(Any, null, 3, Stop);
        var rest = await Store.ListRefusedAsync(Any, first.Next, 3, Stop);
        var bodies = first.Items.Concat(rest.Items).ToArray();

        Assert.Equal(all.AsEnumerable().Reverse().Select(refused => refused.Id), bodies.Select(refused => refused.Id));
        Assert.Equal((3, 2, null), (first.Items.Count, rest.Items.Count, rest.Next));
        Assert.Equal(("body 4", 400), (bodies[0].Text, bodies[0].HttpStatus));
        Assert.Equal([new Violation("", "is no lead")], bodies[0].Violations);
    }

    [Fact]
    public async Task Refused_bodies_are_found_by_source_time_and_text()
    {
        var first = await RefuseAsync(0, Sources.Marketplace, "{\"Email\": 5}");
        var second = await RefuseAsync(1, "bookings", "%");

        await RefusedAsync(Any with { Source = "bookings" }, second);
        await RefusedAsync(Any with { To = second.ReceivedAt }, first);
        await RefusedAsync(Any with { From = second.ReceivedAt }, second);
        await RefusedAsync(Any with { Text = "EMAIL" }, first);
        await RefusedAsync(Any with { Text = "%" }, second);

        async Task RefusedAsync(RunFilter filter, RefusedBody expected) =>
            Assert.Equal([expected.Id], (await Store.ListRefusedAsync(filter, null, 10, Stop)).Items.Select(refused => refused.Id));
    }

    private async Task<RefusedBody> RefuseAsync(int second, string source, string body)
    {
        var at = Now + TimeSpan.FromSeconds(second);
        var refused = new RefusedBody(LeadId.New(at), source, null, at, 400, [new Violation("", "is no lead")], Encoding.UTF8.GetBytes(body));
        await Store.KeepRefusedAsync(refused);
        return refused;
    }
}
