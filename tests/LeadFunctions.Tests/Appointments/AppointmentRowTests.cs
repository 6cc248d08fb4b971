using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using static LeadFunctions.Tests.Appointments.AppointmentPosts;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Whatever order the events of an appointment arrive in, and however often: the CRM ends with one row for each customer, in the right state.</summary>
public sealed class AppointmentRowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<BookedEvent[]> Orders =
        from updates in Gen.Choose(0, 3)
        from cancelled in Gen.Elements(true, false)
        from dated in Gen.Elements(true, false)
        let all = new[] { new BookedEvent("created", 0, dated) }
            .Concat(Enumerable.Range(1, updates).Select(number => new BookedEvent("updated", number, dated)))
            .Concat(cancelled ? [new BookedEvent("cancelled", updates + 1, dated)] : [])
            .ToArray()
        from repeats in Gen.SubListOf(all)
        from order in Gen.Shuffle(all.Concat(repeats).ToArray())
        select order;

    [Fact]
    public void One_row_in_the_right_state_whatever_the_order() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(12), Prop.ForAll(Orders.ToArbitrary(), order => HoldsAsync(order, group: order.Length % 2 == 0).GetAwaiter().GetResult()));

    [Fact]
    public async Task A_cancellation_is_final_however_late_another_flow_ran()
    {
        await HoldsAsync([new("cancelled", 2, false), new("created", 0, false), new("updated", 1, false)], group: false);
        await HoldsAsync([new("cancelled", 0, true), new("updated", 1, true), new("created", 2, true)], group: false);
    }

    /// <summary>Each says only what changed, some not even whose appointment it is.</summary>
    [Fact]
    public void Events_that_leave_fields_out_end_as_if_they_had_come_in_order()
    {
        var changes = Gen.SubListOf("StartTime", "ServiceName", "CustomerPhone", "JoinWebURL").Where(names => names.Count > 0);
        var orders =
            from updates in changes.ListOf(3)
            from names in Gen.Elements(true, false).ListOf(3)
            from cancelled in Gen.Elements(true, false)
            let all = updates.Select((changed, index) => ("updated", Sparse(index + 1, changed, names[index]))).Prepend(("created", OneToOne)).Concat(cancelled ? [("cancelled", """{"CancelReason":"Ill"}""")] : []).ToArray()
            from order in Gen.Shuffle(all)
            select (all, order);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(orders.ToArbitrary(), pair => EndsAsInOrderAsync(pair.all, pair.order).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task What_a_newer_event_left_out_a_late_one_changes()
    {
        (string, string)[] events = [("created", OneToOne), ("updated", Sparse(1, ["StartTime"], named: true)), ("updated", Sparse(2, ["CustomerPhone"], named: true)), ("cancelled", """{"CancelReason":"Ill"}""")];

        await EndsAsInOrderAsync(events[..3], [events[0], events[2], events[1]]);
        await EndsAsInOrderAsync(events, [events[3], events[0], events[2], events[1]]);
    }

    private static string Sparse(int number, IEnumerable<string> changed, bool named) => Changed(
        "{}",
        [
            ("LastUpdatedDateTime", (Noon - TimeSpan.FromDays(9 - number)).ToString("O", CultureInfo.InvariantCulture)),
            .. named ? [("CustomerEmail", (JsonNode)"adele.vance@proseware.example")] : Array.Empty<(string, JsonNode?)>(),
            .. changed.Select(name => (name, (JsonNode?)(name == "StartTime" ? (Noon + TimeSpan.FromHours(number)).ToString("O", CultureInfo.InvariantCulture) : $"{name} {number}"))),
        ]);

    private static async Task EndsAsInOrderAsync(IReadOnlyList<(string Event, string Body)> all, IReadOnlyList<(string Event, string Body)> order)
    {
        await using var scene = await BookedScene.StartAsync();
        foreach (var (id, events) in new[] { ("in-order", all), ("shuffled", order) })
        {
            foreach (var (eventName, body) in events)
            {
                await scene.App.BookAsync(eventName, Changed(body, ("Id", id)));
            }
        }

        await scene.SettledAsync();
        var rows = scene.Crm.Rows.Values
            .Select(row => row.Where(column => column.Key != "leadid").Select(column => $"{column.Key}: {column.Value}".Replace("shuffled", "in-order", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray())
            .ToArray();
        Assert.Equal(2, rows.Length);
        Assert.Equal(rows[0], rows[1]);
    }

    private static async Task HoldsAsync(IReadOnlyList<BookedEvent> order, bool group)
    {
        await using var crm = await FakeDataverse.StartAsync();
        using var folder = new TemporaryFolder();
        await using var app = await LeadApp.StartAsync(
        [
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
            ("Destinations:file:Kind", "File"), ("Destinations:file:Path", folder.File("crm.jsonl")),
        ]);
        var leads = new List<LeadAnswer>();
        foreach (var eventName in order)
        {
            leads.AddRange((await app.BookAsync(eventName.Event, eventName.Body(group))).Leads);
        }

        foreach (var lead in leads.Distinct())
        {
            await app.WaitForStatusAsync(lead.LeadId, "delivered");
        }

        var expected = Newest(order);
        var customers = group ? 2 : 1;
        Assert.Equal(customers, crm.Rows.Count);
        Assert.Empty(crm.MissingRequired);
        Assert.All(crm.Rows.Values, row => expected.IsIn(JsonElement.Parse(row.ToJsonString())));
        var lines = await File.ReadAllLinesAsync(folder.File("crm.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(customers, lines.Length);
        Assert.All(lines, line => expected.IsIn(JsonElement.Parse(line)));
        Assert.Equal(crm.Rows.Keys.Order(), lines.Select(line => JsonElement.Parse(line).GetProperty("leadid").GetGuid()).Order());
    }

    /// <summary>What they are decides, and among updates the date, or without one which came last.</summary>
    private static BookedEvent Newest(IReadOnlyList<BookedEvent> order)
    {
        var updates = order.Distinct().Where(eventName => eventName.Event == "updated").ToArray();
        return order.FirstOrDefault(eventName => eventName.Event == "cancelled")
            ?? (order[0].Dated ? updates.MaxBy(eventName => eventName.Number) : updates.LastOrDefault())
            ?? order[0];
    }

    /// <param name="Number">Tells the states apart, and when there are dates which update is the newest.</param>
    private sealed record BookedEvent(string Event, int Number, bool Dated)
    {
        private DateTimeOffset Start => Noon + TimeSpan.FromMinutes(Number);

        public string Body(bool group) => Changed(
            group ? Group : OneToOne,
            ("StartTime", Start.ToString("O", CultureInfo.InvariantCulture)),
            ("LastUpdatedDateTime", Dated ? (JsonNode)(Noon - TimeSpan.FromDays(9 - Number)).ToString("O", CultureInfo.InvariantCulture) : null));

        public void IsIn(JsonElement row)
        {
            Assert.EndsWith($"({AppointmentEvents.Status(Event)})", row.GetProperty("subject").GetString(), StringComparison.Ordinal);
            // Whatever the customer's time zone is, the minutes are the state's own.
            Assert.Contains($":{Number:00} (", row.GetProperty("description").GetString()!.Split('\n').Single(line => line.StartsWith("Start:", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
    }
}
