using System.Globalization;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>Two thousand appointments that are booked, changed, moved and cancelled over a month, with restarts, throttling and outages in between.</summary>
public sealed class SimulatedMonthTests
{
    private const int Appointments = 2_000;
    private const int Looks = 60;

    private static readonly TimeSpan Between = TimeSpan.FromDays(30) / Looks;

    [Fact]
    public async Task Events_seen_are_events_made_and_none_is_seen_twice()
    {
        await using var rig = await BookingsRig.StartAsync();
        var chance = new Random(7);
        var there = new Dictionary<string, JsonObject>();
        var made = new List<string>();
        for (var look = 0; look < Looks; look++)
        {
            Happen(rig, chance, there, made, look);
            await LookAsync(rig, look);
            rig.Time.Advance(Between);
        }

        var leads = await rig.LeadsAsync();
        Assert.Equal(Appointments, made.Count(what => what.StartsWith("created", StringComparison.Ordinal)));
        Assert.Equal(made.Order(), leads.Select(lead => $"{lead.Event} {lead.Content.Text("Id")}{(lead.Event == "cancelled" ? "" : $" {lead.Content.Text("ServiceNotes")}")}").Order());
        Assert.All(leads.GroupBy(lead => lead.RowId), row =>
        {
            var newest = row.MaxBy(lead => lead.SharedRow!.Order)!;
            var id = newest.Content.Text("Id")!;
            Assert.Equal(there.ContainsKey(id), newest.Event != "cancelled");
            Assert.Equal($"c-{id}@proseware.example", newest.Content.Text("UserDetails", "Email"));
        });
    }

    /// <summary>At most one thing happens to an appointment between two looks: what nobody could see is not counted.</summary>
    private static void Happen(BookingsRig rig, Random chance, Dictionary<string, JsonObject> there, List<string> made, int look)
    {
        foreach (var id in there.Keys.Where(_ => chance.Next(40) == 0).ToArray())
        {
            if (Starts(there[id]) < rig.Now + TimeSpan.FromDays(1))
            {
                // Nobody changes what is over.
                continue;
            }

            if (chance.Next(3) == 0)
            {
                there.Remove(id);
                rig.Graph.Cancel(BookingsRig.Business, id);
                made.Add($"cancelled {id}");
            }
            else
            {
                var moved = rig.Now + TimeSpan.FromHours(chance.Next(30, 24 * 420));
                there[id] = there[id]
                    .With(rig.Now, "serviceNotes", $"look {look}")
                    .With(rig.Now, "startDateTime", Booked.At(moved))
                    .With(rig.Now, "endDateTime", Booked.At(moved + TimeSpan.FromMinutes(30)));
                rig.Put(there[id]);
                made.Add($"updated {id} look {look}");
            }
        }

        var soFar = Appointments * look / Looks;
        foreach (var number in Enumerable.Range(soFar, (Appointments * (look + 1) / Looks) - soFar))
        {
            var id = $"AAMk{number:0000}=";
            there[id] = Booked.Appointment(id, rig.Now + TimeSpan.FromHours(chance.Next(26, 24 * 300)), rig.Now, 1, Booked.Customer($"c-{id}"));
            there[id]["serviceNotes"] = $"look {look}";
            rig.Put(there[id]);
            made.Add($"created {id} look {look}");
        }
    }

    private static async Task LookAsync(BookingsRig rig, int look)
    {
        if (look % 10 == 3)
        {
            rig.Restart();
        }

        if (look % 7 == 5)
        {
            // An outage in the middle: the look ends, and another one goes on from there.
            rig.Graph.FailNext(Fault.None, Fault.None, Fault.None, Fault.Status(503, FakeGraph.ErrorBody("ServiceUnavailable", "Later.")));
            await Assert.ThrowsAsync<GraphUnavailableException>(rig.LookAsync);
        }

        await rig.LookAsync();
    }

    private static DateTimeOffset Starts(JsonObject appointment) => DateTimeOffset.Parse(appointment["startDateTime"]!["dateTime"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
