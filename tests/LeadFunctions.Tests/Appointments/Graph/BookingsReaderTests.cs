using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Delivery;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments.Graph;

public sealed class BookingsReaderTests : IAsyncLifetime
{
    private BookingsRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await BookingsRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task What_is_new_is_created_what_changed_is_updated_and_what_is_gone_is_cancelled()
    {
        var appointment = Book("a");
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Put(appointment.With(_rig.Now, "startDateTime", Booked.At(_rig.Now + TimeSpan.FromDays(3))).With(_rig.Now, "endDateTime", Booked.At(_rig.Now + TimeSpan.FromDays(3.5))));
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Graph.Cancel(BookingsRig.Business, "a");
        await _rig.LookAsync();
        await _rig.LookAsync();

        var leads = await _rig.LeadsAsync();
        Assert.Equal(["created", "updated", "cancelled"], leads.Select(lead => lead.Event));
        Assert.Single(leads.Select(lead => lead.RowId).Distinct());
        Assert.Equal(leads.Select(lead => lead.SharedRow!.Order).Order(), leads.Select(lead => lead.SharedRow!.Order));
        Assert.All(leads, lead => Assert.Equal(("Adele", "Vance", "c-a@proseware.example", "Initial consultation"), (
            lead.Content.Text("UserDetails", "FirstName"), lead.Content.Text("UserDetails", "LastName"), lead.Content.Text("UserDetails", "Email"), lead.Content.Text("ServiceName"))));
    }

    [Fact]
    public async Task Notes_that_only_the_appointment_itself_shows_are_there_and_customers_too_when_the_list_hides_them()
    {
        _rig.Graph.ListsHideCustomers = true;
        _rig.Graph.AddStaff("s-1", "Megan Bowen", "megan@contoso.example");
        Book("a", ("serviceNotes", "Bring the plan"), ("staffMemberIds", new JsonArray("s-1")));

        await _rig.LookAsync();

        var content = Assert.Single(await _rig.LeadsAsync()).Content;
        Assert.Equal(("Bring the plan", "c-a@proseware.example"), (content.Text("ServiceNotes"), content.Text("CustomerEmail")));
        Assert.Equal(["Megan Bowen"], AppointmentFacts.Of(content).StaffNames);
    }

    [Fact]
    public async Task Nothing_changed_nothing_happens_and_neither_does_anything_when_Graph_only_says_that_something_was_touched()
    {
        var appointment = Book("a");
        await _rig.LookAsync();
        var asked = _rig.Graph.Requests.Count;

        await _rig.LookAsync();
        Assert.Equal(asked + 1, _rig.Graph.Requests.Count);
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Put(appointment.With(_rig.Now, "filledAttendeesCount", 1));
        await _rig.LookAsync();

        Assert.Equal(["created a"], await _rig.EventsAsync());
    }

    [Fact]
    public async Task An_appointment_that_goes_back_to_an_earlier_state_is_updated_each_time()
    {
        var appointment = Book("a");
        await _rig.LookAsync();
        foreach (var name in new[] { "Other", "Initial consultation", "Other" })
        {
            _rig.Time.Advance(TimeSpan.FromMinutes(5));
            _rig.Put(appointment = appointment.With(_rig.Now, "serviceName", name));
            await _rig.LookAsync();
        }

        var leads = await _rig.LeadsAsync();
        Assert.Equal(["created", "updated", "updated", "updated"], leads.Select(lead => lead.Event));
        Assert.Equal("Other", leads.MaxBy(lead => lead.SharedRow!.Order)!.Content.Text("ServiceName"));
    }

    [Fact]
    public async Task What_leaves_the_window_as_time_passes_is_not_cancelled()
    {
        Book("a");
        await _rig.LookAsync();

        for (var day = 0; day < 40; day++)
        {
            _rig.Time.Advance(TimeSpan.FromDays(1));
            await _rig.LookAsync();
        }

        Assert.Equal(["created a"], await _rig.EventsAsync());
        Assert.DoesNotContain(await _rig.Store.FindValuesAsync("bookings contoso@contoso.example"), item => item.Key == "a");
    }

    [Fact]
    public async Task What_is_moved_out_of_the_window_is_updated_and_cancelled_only_when_it_is()
    {
        var appointment = Book("a");
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        var far = _rig.Now + TimeSpan.FromDays(400);
        _rig.Put(appointment.With(_rig.Now, "startDateTime", Booked.At(far)).With(_rig.Now, "endDateTime", Booked.At(far + TimeSpan.FromHours(1))));
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromDays(60));
        await _rig.LookAsync();
        Assert.Equal(["created a", "updated a"], await _rig.EventsAsync());

        _rig.Graph.Cancel(BookingsRig.Business, "a");
        await _rig.LookAsync();

        Assert.Equal(["created a", "updated a", "cancelled a"], await _rig.EventsAsync());
    }

    [Fact]
    public async Task Customers_join_and_leave_a_group_each_with_a_row_and_events_of_their_own()
    {
        var start = _rig.Now + TimeSpan.FromDays(2);
        _rig.Put(Booked.Appointment("g", start, _rig.Now, 20, Booked.Customer("alex"), Booked.Customer("isaiah")));
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Put(Booked.Appointment("g", start, _rig.Now, 20, Booked.Customer("isaiah"), Booked.Customer("lynne")).With(_rig.Now, "createdDateTime", Booked.Iso(_rig.Now - TimeSpan.FromMinutes(5))));
        await _rig.LookAsync();

        var leads = await _rig.LeadsAsync();
        Assert.Equal(
            ["cancelled alex", "created alex", "created isaiah", "created lynne"],
            leads.Select(lead => $"{lead.Event} {lead.Content.Text("CustomerId")}").Order());
        Assert.Equal(3, leads.Select(lead => lead.RowId).Distinct().Count());
        Assert.All(leads, lead => Assert.False(lead.Content.Root.TryGetProperty("Customers", out _)));
    }

    [Fact]
    public async Task A_class_without_customers_is_nobodys_lead()
    {
        _rig.Put(Booked.Appointment("g", _rig.Now + TimeSpan.FromDays(2), _rig.Now, 20));

        await _rig.LookAsync();

        Assert.Empty(await _rig.LeadsAsync());
    }

    [Fact]
    public async Task Every_page_is_read()
    {
        _rig.Graph.PageSize = 2;
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
        {
            Book(id);
        }

        await _rig.LookAsync();
        await _rig.LookAsync();

        Assert.Equal(["created a", "created b", "created c", "created d", "created e"], (await _rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task An_appointment_over_which_Graph_stumbles_holds_up_no_other()
    {
        _rig.Graph.BrokenId = "b";
        foreach (var id in new[] { "a", "b", "c" })
        {
            Book(id);
        }

        var exception = await Assert.ThrowsAsync<GraphUnavailableException>(_rig.LookAsync);
        Assert.Equal(GraphFaultKind.Down, exception.Fault.Kind);
        Assert.Equal(["created a", "created c"], (await _rig.EventsAsync()).Order());

        _rig.Graph.BrokenId = null;
        await _rig.LookAsync();
        Assert.Equal(["created a", "created b", "created c"], (await _rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task A_restart_misses_nothing_and_repeats_nothing()
    {
        Book("a");
        var b = Book("b");
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromHours(60));
        _rig.Graph.Cancel(BookingsRig.Business, "a");
        _rig.Put(b.With(_rig.Now, "serviceName", "Other"));
        Book("c");

        _rig.Restart();
        await _rig.LookAsync();

        Assert.Equal(["cancelled a", "created a", "created b", "created c", "updated b"], (await _rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task What_was_cancelled_while_the_reader_was_away_is_seen_though_it_would_have_been_over_by_now()
    {
        Book("a");
        var b = Book("b");
        await _rig.LookAsync();
        _rig.Graph.Cancel(BookingsRig.Business, "a");
        _rig.Put(b.With(_rig.Now, "serviceName", "Other"));
        _rig.Time.Advance(TimeSpan.FromDays(9));

        _rig.Restart();
        await _rig.LookAsync();

        Assert.Equal(["cancelled a", "created a", "created b", "updated b"], (await _rig.EventsAsync()).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task A_kill_between_keeping_an_event_and_noting_it_gives_no_second_lead_however_long_it_is_away(int days)
    {
        Book("a", 30);
        await LookAndDieAsync();
        Assert.Equal(["created a"], await _rig.EventsAsync());

        _rig.Time.Advance(TimeSpan.FromDays(days));
        _rig.Restart();
        await _rig.LookAsync();

        Assert.Equal(["created a"], await _rig.EventsAsync());
        Assert.Single((await _rig.Store.FindRunAsync((await _rig.LeadsAsync())[0].Id))!.RepeatedAt);
    }

    [Theory]
    [InlineData("endDateTime", """{"dateTime":"0001-01-01T00:00:00.0000000","timeZone":"W. Europe Standard Time"}""")]
    [InlineData("endDateTime", """{"dateTime":"9999-12-31T23:59:59.9999999","timeZone":"Pacific Standard Time"}""")]
    [InlineData("duration", "[]")]
    [InlineData("customers", "{}")]
    [InlineData("customers", "[5,null,{\"customerId\":{}}]")]
    [InlineData("staffMemberIds", "5")]
    public async Task An_odd_appointment_hides_no_cancellation_of_the_others(string name, string value)
    {
        var bad = Book("bad");
        Book("a");
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Put(bad.With(_rig.Now, name, JsonNode.Parse(value)));
        _rig.Graph.Cancel(BookingsRig.Business, "a");

        await _rig.LookAsync();

        Assert.Contains("cancelled a", await _rig.EventsAsync());
        Assert.DoesNotContain(await _rig.LeadsAsync(), lead => lead.Content.Text("EndTime") is { } end && TimeText.IsNone(end));
    }

    [Fact]
    public async Task One_over_which_the_program_stumbles_is_named_in_the_log_once_and_holds_up_no_other_one()
    {
        // As no version writes it.
        const string Note = """{"Listed":"","Version":1,"At":"2026-11-21T09:00:00Z","Start":null,"End":null,"ServiceName":null,"People":[{"Row":"no id","State":"x","Traits":{"Id":null,"Address":null,"Name":null}}]}""";
        Book("bad");
        Book("a");
        await _rig.LookAsync();
        await _rig.Store.SetValueAsync($"bookings {BookingsRig.Business.ToLowerInvariant()}", "bad", Note);
        Book("b");
        _rig.Graph.Cancel(BookingsRig.Business, "a");

        await _rig.LookAsync();
        await _rig.LookAsync();

        var events = await _rig.EventsAsync();
        Assert.All(["cancelled a", "created b"], expected => Assert.Contains(expected, events));
        var warning = Assert.Single(_rig.Log);
        Assert.Contains("Appointment bad of", warning.Message, StringComparison.Ordinal);
        Assert.Null(warning.Exception);
    }

    [Fact]
    public async Task Half_of_a_letter_that_a_customer_typed_is_no_obstacle()
    {
        Book("bad", ("customerNotes", "x"), ("serviceName", "half \ud83d"));
        Book("a");

        await _rig.LookAsync();

        Assert.Equal(["created a", "created bad"], (await _rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task Values_from_Graph_are_cleaned_as_posted_ones_are()
    {
        Book("a", ("customers", new JsonArray(new JsonObject { ["customerId"] = "c", ["name"] = " Kim Lee, PhD", ["emailAddress"] = "mailto:kim@example.com\u200b" })));

        await _rig.LookAsync();

        var content = Assert.Single(await _rig.LeadsAsync()).Content;
        Assert.Equal(("kim@example.com", "Kim", "Lee"), (content.Text("UserDetails", "Email"), content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName")));
    }

    [Fact]
    public async Task Neither_does_one_of_an_update_or_a_cancellation()
    {
        var a = Book("a", 30);
        Book("b", 30);
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Put(a.With(_rig.Now, "serviceName", "Other"));
        await LookAndDieAsync();
        _rig.Time.Advance(TimeSpan.FromDays(3));
        await _rig.LookAsync();
        _rig.Graph.Cancel(BookingsRig.Business, "b");
        await LookAndDieAsync();
        _rig.Time.Advance(TimeSpan.FromDays(3));

        await _rig.LookAsync();

        Assert.Equal(["cancelled b", "created a", "created b", "updated a"], (await _rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task What_changed_between_such_a_kill_and_the_restart_is_an_update_and_no_second_creation()
    {
        var appointment = Book("a");
        await LookAndDieAsync();
        foreach (var name in new[] { "Other", "Another" })
        {
            _rig.Time.Advance(TimeSpan.FromMinutes(5));
            _rig.Put(appointment = appointment.With(_rig.Now, "serviceName", name));
            await LookAndDieAsync();
        }

        await _rig.LookAsync();

        Assert.Equal(["created a", "updated a", "updated a"], await _rig.EventsAsync());
        Assert.Equal("Another", (await _rig.LeadsAsync()).MaxBy(lead => lead.SharedRow!.Order)!.Content.Text("ServiceName"));
    }

    [Fact]
    public async Task One_that_is_moved_into_the_window_after_its_notes_were_forgotten_is_updated()
    {
        var appointment = Book("a");
        await _rig.LookAsync();
        _rig.Time.Advance(TimeSpan.FromDays(40));
        await _rig.LookAsync();
        var start = _rig.Now + TimeSpan.FromDays(2);
        _rig.Put(appointment.With(_rig.Now, "startDateTime", Booked.At(start)).With(_rig.Now, "endDateTime", Booked.At(start + TimeSpan.FromMinutes(30))));

        await _rig.LookAsync();

        Assert.Equal(["created a", "updated a"], await _rig.EventsAsync());
    }

    [Fact]
    public async Task Instances_that_look_at_once_make_no_double_events()
    {
        foreach (var id in Enumerable.Range(0, 40))
        {
            Book($"a{id}");
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _rig.NewReader().ReadAsync(BookingsRig.Business, TestContext.Current.CancellationToken)));

        Assert.Equal(40, (await _rig.LeadsAsync()).Count);
    }

    [Fact]
    public async Task What_exists_at_the_first_look_can_be_passed_over()
    {
        await using var rig = await BookingsRig.StartAsync(takeExisting: false);
        rig.Put(Booked.Appointment("old", rig.Now + TimeSpan.FromDays(2), rig.Now, 1, Booked.Customer("c-old")));
        await rig.LookAsync();
        rig.Put(Booked.Appointment("new", rig.Now + TimeSpan.FromDays(2), rig.Now, 1, Booked.Customer("c-new")));
        rig.Graph.Cancel(BookingsRig.Business, "old");
        await rig.LookAsync();

        Assert.Equal(["cancelled old", "created new"], (await rig.EventsAsync()).Order());
    }

    [Fact]
    public async Task One_that_cannot_be_read_when_what_exists_is_passed_over_holds_up_no_other_and_begins_as_it_is_read_first()
    {
        await using var rig = await BookingsRig.StartAsync(takeExisting: false);
        rig.Put(Booked.Appointment("old", rig.Now + TimeSpan.FromDays(2), rig.Now, 1, Booked.Customer("c-old")));
        var broken = Booked.Appointment("broken", rig.Now + TimeSpan.FromDays(2), rig.Now, 1, Booked.Customer("c-broken"));
        rig.Put(broken);
        rig.Graph.BrokenId = "broken";
        await Assert.ThrowsAsync<GraphUnavailableException>(rig.LookAsync);
        rig.Put(Booked.Appointment("new", rig.Now + TimeSpan.FromDays(2), rig.Now, 1, Booked.Customer("c-new")));
        rig.Restart();
        await Assert.ThrowsAsync<GraphUnavailableException>(rig.LookAsync);
        Assert.Equal(["created new"], await rig.EventsAsync());

        rig.Graph.BrokenId = null;
        await rig.LookAsync();
        Assert.Equal(["created new"], await rig.EventsAsync());
        rig.Time.Advance(TimeSpan.FromMinutes(5));
        rig.Put(broken.With(rig.Now, "serviceName", "Other"));
        await rig.LookAsync();

        Assert.Equal(["created new", "updated broken"], await rig.EventsAsync());
    }

    [Fact]
    public async Task Nothing_about_customers_is_in_the_notes()
    {
        Book("a");
        await _rig.LookAsync();

        Assert.All(await _rig.Store.FindValuesAsync("bookings contoso@contoso.example"), item =>
        {
            Assert.DoesNotContain("Vance", item.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("proseware", item.Value, StringComparison.Ordinal);
        });
    }

    /// <summary>Keeps what there is, and is killed before it can note that.</summary>
    private Task LookAndDieAsync() => Assert.ThrowsAsync<StoreUnavailableException>(
        () => _rig.NewReader(new UnreliableStore(_rig.Store) { FailsToNote = true }).ReadAsync(BookingsRig.Business, TestContext.Current.CancellationToken));

    private JsonObject Book(string id, params IEnumerable<(string Name, JsonNode? Value)> more) => Book(id, 2, more);

    private JsonObject Book(string id, int days, params IEnumerable<(string Name, JsonNode? Value)> more)
    {
        var appointment = Booked.Appointment(id, _rig.Now + TimeSpan.FromDays(days), _rig.Now, 1, Booked.Customer($"c-{id}"));
        foreach (var (name, value) in more)
        {
            appointment[name] = value;
        }

        _rig.Put(appointment);
        return appointment;
    }
}
