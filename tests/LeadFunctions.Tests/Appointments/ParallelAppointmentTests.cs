using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Intake;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Delivery;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Events of one appointment that are posted at the same moment: they end as if they had come one after the other.</summary>
public sealed class ParallelAppointmentTests(SharedAzurite azurite)
{
    private const int Rounds = 25;

    private static readonly IntakeOptions Options = new([], 262_144, TimeSpan.FromDays(1), 0);

    private static readonly DestinationRoute[] Routes = [new("crm", [], [], new Dictionary<string, IReadOnlyList<string>>()) { KeepsRow = true }];

    private static readonly string[] Bare = ["""{"Id":"ID"}""", """{"Id":"ID","CustomerEmail":"adele@contoso.example","CancelReason":"Ill"}"""];

    [Fact]
    public async Task Posted_to_one_program_a_cancellation_ends_with_the_customer_s_name_and_as_the_row_s_state()
    {
        await using var scene = await BookedScene.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, Rounds).SelectMany(round => new[]
        {
            scene.App.BookAsync("cancelled", Numbered(Bare[round % 2], round)),
            scene.App.BookAsync("updated", Numbered("""{"Id":"ID","CustomerPhone":"+1 1"}""", round)),
            scene.App.BookAsync("created", Numbered(AppointmentPosts.Changed(AppointmentPosts.OneToOne, ("Id", "ID")), round)),
        }));
        await scene.SettledAsync();

        Assert.Equal(Enumerable.Repeat("Vance: cancelled", Rounds), scene.Rows);
    }

    [Fact]
    public async Task Posted_to_one_program_customers_of_a_group_have_one_row_each()
    {
        await using var scene = await BookedScene.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, Rounds).SelectMany(round => new[]
        {
            scene.App.BookAsync("cancelled", Numbered("""{"Id":"ID"}""", round)),
            scene.App.BookAsync("created", Numbered(AppointmentPosts.Changed(AppointmentPosts.Group, ("Id", "ID")), round)),
            scene.App.BookAsync("updated", Numbered("""{"Id":"ID","Customers":[{"Id":"c-2","Email":"ISAIAH@wingtip.example"}]}""", round)),
        }));
        await scene.SettledAsync();

        Assert.Equal([.. Enumerable.Repeat("Langer: cancelled", Rounds), .. Enumerable.Repeat("Wilber: cancelled", Rounds)], scene.Rows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Posted_to_two_programs_a_cancellation_ends_with_the_customer_s_name(bool group)
    {
        var account = await azurite.PatientAccountAsync();
        var table = SharedAzurite.NewTable();
        using var one = await AzureLeadStore.OpenAsync(account, table, new DueSignal());
        using var other = await AzureLeadStore.OpenAsync(account, table, new DueSignal());
        AppointmentIntake[] programs = [Program(one), Program(other)];
        var created = group ? AppointmentPosts.Group : AppointmentPosts.OneToOne;
        var cancelled = group ? """{"Id":"ID","CancelReason":"Ill","Customers":[{"Email":"alex@tailspin.example"},{"Email":"isaiah@wingtip.example"}]}""" : """{"Id":"ID","CancelReason":"Ill"}""";

        await Task.WhenAll(Enumerable.Range(0, Rounds).SelectMany(round => new[]
        {
            PostAsync(programs[round % 2], "created", Numbered(AppointmentPosts.Changed(created, ("Id", "ID")), round)),
            PostAsync(programs[(round + 1) % 2], "cancelled", Numbered(cancelled, round)),
        }));

        for (var round = 0; round < Rounds; round++)
        {
            var customers = await one.FindGroupAsync(AppointmentLead.RowId($"{round}", ""), []);
            Assert.Equal(group ? 2 : 1, customers.Count);
            Assert.All(customers, lead => Assert.Equal(("cancelled", "Ill"), (lead.Event, lead.Content.Text("CancelReason"))));
            Assert.All(customers, lead => Assert.NotNull(lead.Content.Text("UserDetails", "LastName")));
            Assert.All(customers, lead => Assert.NotNull(lead.Content.Text("ServiceName")));
        }
    }

    [Theory]
    [InlineData("created", "cancelled")]
    [InlineData("cancelled", "created")]
    public async Task What_another_program_keeps_between_the_look_and_the_writing_is_seen_afterwards(string first, string between)
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteLeadStore.Open(folder.File("leads.db"), new DueSignal(), TimeProvider.System);
        var bodies = new Dictionary<string, string> { ["created"] = AppointmentPosts.Group, ["cancelled"] = """{"Id":"AAMkADGroupAAA=","Customers":[{"Email":"alex@tailspin.example"},{"Email":"isaiah@wingtip.example"}]}""" };
        var other = Program(store);
        var slow = new UnreliableStore(store) { BeforeAccepting = new(() => PostAsync(other, between, bodies[between])) };

        await PostAsync(Program(slow), first, bodies[first]);

        var customers = await store.FindGroupAsync(AppointmentLead.RowId("AAMkADGroupAAA=", ""), []);
        Assert.Equal(["Langer cancelled", "Wilber cancelled"], customers.Select(lead => $"{lead.Content.Text("UserDetails", "LastName")} {lead.Event}").Order());
    }

    [Fact]
    public async Task Who_is_booked_by_another_program_while_all_are_cancelled_is_cancelled_too()
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteLeadStore.Open(folder.File("leads.db"), new DueSignal(), TimeProvider.System);
        var other = Program(store);
        await PostAsync(other, "created", """{"Id":"g","Customers":[{"Name":"Ana","Email":"ana@contoso.example"}],"MaxAttendeesCount":9}""");
        var slow = new UnreliableStore(store)
        {
            BeforeAccepting = new(() => PostAsync(other, "created", """{"Id":"g","Customers":[{"Name":"Bo","Email":"bo@contoso.example"}],"MaxAttendeesCount":9}""")),
        };

        await PostAsync(Program(slow), "cancelled", """{"Id":"g"}""");

        Assert.Equal(["Ana cancelled", "Bo cancelled"], (await store.FindGroupAsync(AppointmentLead.RowId("g", ""), [])).Select(lead => $"{lead.Content.Text("CustomerName")} {lead.Event}").Order());
    }

    private static AppointmentIntake Program(ILeadStore store)
    {
        var inbox = new LeadInbox(store, Routes, Options, TimeProvider.System);
        return new AppointmentIntake(inbox, new AppointmentRecorder(inbox, store, store), Options, TimeProvider.System);
    }

    private static async Task PostAsync(AppointmentIntake intake, string happening, string body) =>
        Assert.IsType<IntakeResult.AcceptedAll>(await Task.Run(() => intake.AcceptAsync(happening, PostedBody.Of(Encoding.UTF8.GetBytes(body)))));

    private static string Numbered(string body, int round)
    {
        var numbered = JsonNode.Parse(body)!;
        numbered["Id"] = $"{round}";
        return numbered.ToJsonString();
    }
}
