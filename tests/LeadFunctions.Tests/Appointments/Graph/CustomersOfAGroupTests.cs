using System.Text.Json.Nodes;
using LeadFunctions.Appointments;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>Whoever a customer is between two looks, by whatever of them stayed the same: the row is theirs and nobody else's.</summary>
public sealed class CustomersOfAGroupTests : IAsyncLifetime
{
    private BookingsRig _rig = null!;
    private DateTimeOffset _start;

    public async ValueTask InitializeAsync()
    {
        _rig = await BookingsRig.StartAsync();
        _start = _rig.Now + TimeSpan.FromDays(2);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Of_two_who_share_an_address_only_the_one_who_leaves_is_cancelled_and_who_joins_gets_another_row()
    {
        await ShowAsync(10, Person("f1", "Ann Fam", "fam@x.example"), Person("f2", "Bob Fam", "fam@x.example"));
        await ShowAsync(10, Person("f2", "Bob Fam", "fam@x.example"));
        await ShowAsync(10, Person("f3", "Cleo Fam", "fam@x.example"), Person("f2", "Bob Fam", "fam@x.example"));
        Assert.Equal(["cancelled Ann Fam", "created Ann Fam", "created Bob Fam", "created Cleo Fam"], await ToldAsync());
        Assert.Equal(3, await RowsAsync());

        await ShowAsync(10, Person("f3", "Cleo Fam", "fam@x.example"), Person("f2", "Bob Fam", "fam@x.example"), Person("f1", "Ann Fam", "fam@x.example"));

        Assert.Equal(["cancelled Ann Fam", "created Ann Fam", "created Ann Fam", "created Bob Fam", "created Cleo Fam"], await ToldAsync());
        Assert.Equal(3, await RowsAsync());
    }

    [Fact]
    public async Task One_who_leaves_as_another_of_the_same_address_joins_is_not_the_other()
    {
        await ShowAsync(10, Person("f1", "Ann Fam", "fam@x.example"));
        await ShowAsync(10, Person("f2", "Bob Fam", "fam@x.example"));

        Assert.Equal(["cancelled Ann Fam", "created Ann Fam", "created Bob Fam"], await ToldAsync());
        Assert.Equal(2, await RowsAsync());
    }

    [Fact]
    public async Task In_another_order_nothing_happened()
    {
        await ShowAsync(10, Person("s1", "Ann Swap", "swap@x.example"), Person("s2", "Bob Swap", "swap@x.example"));
        await ShowAsync(10, Person("s2", "Bob Swap", "swap@x.example"), Person("s1", "Ann Swap", "swap@x.example"));

        Assert.Equal(["created Ann Swap", "created Bob Swap"], await ToldAsync());
    }

    [Theory]
    [InlineData("c1", "Adele", "a@x.example", "c1", "Adele", "adele@x.example")]
    [InlineData("c1", "Adele", "", "c1", "Adele", "a@x.example")]
    [InlineData("c1", "Adele", "a@x.example", "c1", "Adele Vance", "b@x.example")]
    [InlineData("c1", "Adele", "a@x.example", "c2", "Adele", "a@x.example")]
    [InlineData("", "Adele", "a@x.example", "c1", "Adele Vance", "a@x.example")]
    [InlineData("", "Adele", "a@x.example", "", "Adele", "adele@x.example")]
    public async Task Who_is_corrected_keeps_the_row(string id, string name, string address, string newId, string newName, string newAddress)
    {
        await ShowAsync(10, Person("o", "Other", "o@x.example"), Person(id, name, address));
        await ShowAsync(10, Person("o", "Other", "o@x.example"), Person(newId, newName, newAddress));
        await ShowAsync(10, Person("o", "Other", "o@x.example"), Person(newId, newName, newAddress));

        Assert.Equal([$"created {name}", "created Other", $"updated {newName}"], await ToldAsync());
        Assert.Equal(2, await RowsAsync());
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(1, null)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task However_many_may_come_the_one_who_does_keeps_the_row(int? most, int? then)
    {
        await ShowAsync(most, Person("m", "Megan", "m@x.example"));
        await ShowAsync(then, Person("m", "Megan", "m@x.example"));

        Assert.Equal(["created Megan", "updated Megan"], await ToldAsync());
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Who_joins_what_was_ones_own_is_created_and_leaves_the_first_one_theirs()
    {
        await ShowAsync(1, Person("m", "Megan", "m@x.example"));
        await ShowAsync(2, Person("l", "Lynne", "l@x.example"), Person("m", "Megan", "m@x.example"));
        await ShowAsync(1, Person("l", "Lynne", "l@x.example"));

        Assert.Equal(["cancelled Megan", "created Lynne", "created Megan", "updated Lynne", "updated Megan"], await ToldAsync());
        Assert.Equal(2, await RowsAsync());
    }

    [Fact]
    public async Task A_note_of_an_earlier_version_is_read()
    {
        const string Note = """{"Listed":"x","Version":1,"At":"2026-01-01T00:00:00+00:00","Start":null,"End":null,"ServiceName":"S","Customers":{"a@x.example":"1.2","b@x.example":"3.4"}}""";
        await _rig.Store.SetValueAsync("bookings contoso@contoso.example", "g", Note);

        await ShowAsync(10, Person("a", "Adele", "a@x.example"), Person("c", "Carla", "c@x.example"));

        Assert.Equal(["cancelled ", "created Carla", "updated Adele"], await ToldAsync());
        Assert.Equal(
            new[] { "a@x.example", "b@x.example", "c@x.example" }.Select(key => AppointmentLead.RowId("g", key).ToString()).Order(),
            (await _rig.LeadsAsync()).Select(lead => lead.RowId.ToString()).Order());
        var kept = Assert.Single(await _rig.Store.FindValuesAsync("bookings contoso@contoso.example"), item => item.Key == "g");
        Assert.DoesNotContain("x.example", kept.Value, StringComparison.Ordinal);
    }

    private async Task ShowAsync(int? most, params JsonObject[] customers)
    {
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        var appointment = Booked.Appointment("g", _start, _rig.Now, most ?? 0, customers);
        appointment["createdDateTime"] = null;
        if (most is null)
        {
            appointment.Remove("maximumAttendeesCount");
        }

        _rig.Put(appointment);
        await _rig.LookAsync();
    }

    private async Task<string[]> ToldAsync() => [.. (await _rig.LeadsAsync()).Select(lead => $"{lead.Event} {lead.Content.Text("CustomerName")}").Order()];

    private async Task<int> RowsAsync() => (await _rig.LeadsAsync()).Select(lead => lead.RowId).Distinct().Count();

    private static JsonObject Person(string id, string name, string address)
    {
        var person = Booked.Customer(id, name);
        person["customerId"] = id.Length > 0 ? id : null;
        person["emailAddress"] = address;
        return person;
    }
}
