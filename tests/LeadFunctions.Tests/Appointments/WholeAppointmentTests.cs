using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Events that name no customer: they are about all whom the appointment has.</summary>
public sealed class WholeAppointmentTests
{
    private const string Cancelled = """{"Id":"g","CancelReason":"The speaker is ill"}""";

    private static readonly string[] People = ["ana", "bo", "cem"];

    [Fact]
    public async Task A_group_s_cancellation_without_customers_cancels_each_of_them()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));

        var answer = await scene.PostAsync("cancelled", Cancelled);

        Assert.Equal([false, false, false], answer.Leads.Select(lead => lead.Duplicate));
        Assert.Equal(["Ana: cancelled", "Bo: cancelled", "Cem: cancelled"], scene.Rows);
        Assert.Equal([.. MailsTo("cancelled", People), .. MailsTo("created", People)], scene.Mails);
        Assert.All(scene.Crm.Rows.Values, row => Assert.Contains("The speaker is ill", row["description"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.Equal("ana@contoso.example", scene.Row("Ana")["emailaddress1"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_update_without_customers_changes_the_row_of_each_who_is_still_there()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));
        await scene.PostAsync("cancelled", Group(["bo"]));

        var answer = await scene.PostAsync("updated", """{"Id":"g","StartTime":"2027-03-01T10:00:00Z"}""");

        Assert.Equal(2, answer.Leads.Count);
        Assert.Equal(["Ana: changed", "Bo: cancelled", "Cem: changed"], scene.Rows);
        Assert.Equal(["cancelled bo@contoso.example", .. MailsTo("created", People), .. MailsTo("updated", ["ana", "cem"])], scene.Mails);
        Assert.Contains("2027-03-01 10:00", scene.Row("Cem")["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Cancelled)]
    [InlineData("""{"Id":"g"}""")]
    public async Task Said_again_it_is_news_to_nobody(string again)
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));
        await scene.PostAsync("cancelled", Group(["bo"]));
        var first = await scene.PostAsync("cancelled", Cancelled);

        var answer = await scene.PostAsync("cancelled", again);

        Assert.Equal(2, first.Leads.Count);
        Assert.All(answer.Leads, lead => Assert.True(lead.Duplicate));
        Assert.Superset(first.Leads.Select(lead => lead.LeadId).ToHashSet(), answer.Leads.Select(lead => lead.LeadId).ToHashSet());
        Assert.Equal(MailsTo("cancelled", People), scene.Mails.Where(mail => mail.StartsWith("cancelled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Why_it_was_cancelled_is_told_when_that_comes_later()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", AppointmentPosts.OneToOne);
        await scene.PostAsync("cancelled", """{"Id":"AAMkADKnAAA="}""");

        await scene.PostAsync("cancelled", """{"Id":"AAMkADKnAAA=","CancelReason":"Ill"}""");

        Assert.Contains("Ill", scene.Row("Vance")["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_that_came_before_its_group_ends_right_and_leaves_no_row_of_nobody()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("cancelled", Cancelled);
        Assert.Equal(["(unknown): cancelled"], scene.Rows);

        await scene.PostAsync("created", Group(["ana", "bo"]));
        await scene.PostAsync("created", Group(["ana", "bo", "cem"]));

        Assert.Equal(["Ana: cancelled", "Bo: cancelled", "Cem: cancelled"], scene.Rows);
        Assert.Equal(MailsTo("cancelled", People), scene.Mails);
    }

    [Fact]
    public async Task Who_got_the_row_of_nobody_keeps_it()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("updated", """{"Id":"g","ServiceName":"Moved"}""");

        await scene.PostAsync("created", Group(People));
        await scene.PostAsync("updated", Group(["cem", "ana"], ("ServiceName", "Again")));
        await scene.PostAsync("cancelled", Group(["ana"]));
        await scene.PostAsync("created", Group(People));

        Assert.Equal(["Ana: cancelled", "Bo: changed", "Cem: changed"], scene.Rows);
        Assert.Equal(MailsTo("created", People), scene.Mails.Where(mail => mail.StartsWith("created", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""[{"Name":"Ana"},{"Name":" Bo "},{"Name":"Cem"}]""")]
    [InlineData("""[{"Id":"id-cem"},{"Id":"id-ana"},{"Id":"id-bo"}]""")]
    [InlineData("""[{"Email":"BO@contoso.example"},{"Name":"Ana"},{"Id":"id-cem","Email":"cem@new.example"}]""")]
    public async Task Customers_are_recognised_by_whatever_an_event_says_of_them(string customers)
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));

        await scene.PostAsync("cancelled", AppointmentPosts.Changed("""{"Id":"g"}""", ("Customers", JsonNode.Parse(customers))));

        Assert.Equal(["Ana: cancelled", "Bo: cancelled", "Cem: cancelled"], scene.Rows);
    }

    [Fact]
    public async Task Who_was_named_less_fully_at_first_is_the_same_customer()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", """{"Id":"g","MaxAttendeesCount":9,"Customers":[{"Id":"1"},{"Name":"Bo"}]}""");

        await scene.PostAsync("updated", """{"Id":"g","MaxAttendeesCount":9,"Customers":[{"Name":"Bo","Email":"bo@contoso.example"},{"Id":"1","Name":"Ana","Email":"ana@contoso.example"}]}""");
        await scene.PostAsync("cancelled", """{"Id":"g","MaxAttendeesCount":9,"Customers":[{"Email":"ana@contoso.example"}]}""");

        Assert.Equal(["Ana: cancelled", "Bo: changed"], scene.Rows);
    }

    [Fact]
    public async Task Of_people_who_share_an_address_each_keeps_their_own_row()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", """{"Id":"g","MaxAttendeesCount":9,"Customers":[{"Name":"Ana","Email":"home@contoso.example"},{"Name":"Bo","Email":"home@contoso.example"}]}""");

        await scene.PostAsync("cancelled", """{"Id":"g","MaxAttendeesCount":9,"Customers":[{"Name":"Bo","Email":"home@contoso.example"}]}""");

        Assert.Equal(["Ana: booked", "Bo: cancelled"], scene.Rows);
    }

    [Fact]
    public async Task A_creation_without_customers_welcomes_nobody_twice()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));

        var answer = await scene.PostAsync("created", """{"Id":"g","ServiceName":"Class"}""");

        Assert.All(answer.Leads, lead => Assert.True(lead.Duplicate));
        Assert.Equal(MailsTo("created", People), scene.Mails);
        Assert.Equal(3, scene.Crm.Rows.Count);
    }

    [Fact]
    public async Task What_was_refused_about_all_can_be_taken_after_all()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(People));
        var id = await scene.App.KeepRefusedAsync("cancelled", Cancelled);

        using var replayed = await scene.App.PostAsync("", path: $"/api/runs/refused/{id}/replay");
        await scene.SettledAsync();

        Assert.Equal(["Ana: cancelled", "Bo: cancelled", "Cem: cancelled"], scene.Rows);
        Assert.NotNull(await scene.App.Store.FindRunAsync(id));
    }

    [Fact]
    public async Task Nothing_of_one_customer_is_told_to_another()
    {
        await using var scene = await BookedScene.StartAsync();
        await scene.PostAsync("created", Group(["ana"], ("CustomerNotes", "secret of ana")));
        await scene.PostAsync("cancelled", Cancelled);

        await scene.PostAsync("created", Group(["bo"]));

        var runs = (await scene.App.Store.ListRunsAsync(new RunFilter(), null, 20, TestContext.Current.CancellationToken)).Items;
        Assert.Equal(2, runs.Count(run => run.Lead.Content.Text("UserDetails", "Email") == "bo@contoso.example"));
        Assert.All(runs, run => Assert.NotEqual(run.Lead.Content.Root.ToString().Contains("ana", StringComparison.OrdinalIgnoreCase), run.Lead.Content.Root.ToString().Contains("bo@", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Created for all at once or for each, updated, cancelled as a whole; in any order, and repeated.</summary>
    [Fact]
    public void Whatever_the_order_each_customer_has_one_row_that_says_cancelled_and_one_mail_that_says_so()
    {
        (string Event, string Body)[] together = [("created", Group(People)), ("updated", Group(People, ("ServiceName", "Moved"))), ("cancelled", Cancelled)];
        (string Event, string Body)[] apart = [.. People.Select(one => ("created", Group([one]))), ("updated", """{"Id":"g","ServiceName":"Moved"}"""), ("cancelled", Cancelled)];
        var orders =
            from all in Gen.Elements(together, apart)
            from repeats in Gen.SubListOf(all)
            from order in Gen.Shuffle(all.Concat(repeats).ToArray())
            select order;

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), Prop.ForAll(orders.ToArbitrary(), order => HoldsAsync(order).GetAwaiter().GetResult()));

        static async Task HoldsAsync((string Event, string Body)[] order)
        {
            await using var scene = await BookedScene.StartAsync();
            foreach (var (eventName, body) in order)
            {
                await scene.PostAsync(eventName, body);
            }

            Assert.Equal(["Ana: cancelled", "Bo: cancelled", "Cem: cancelled"], scene.Rows);
            Assert.Equal(MailsTo("cancelled", People), scene.Mails.Where(mail => mail.StartsWith("cancelled", StringComparison.Ordinal)));
            Assert.Equal(scene.Mails.Distinct(), scene.Mails);
            Assert.True(order[0].Event != "cancelled" || !scene.Mails.Any(mail => mail.StartsWith("created", StringComparison.Ordinal)), string.Join('\n', scene.Mails));
        }
    }

    private static string Group(IEnumerable<string> people, params IEnumerable<(string Name, JsonNode? Value)> more) => AppointmentPosts.Changed(
        """{"Id":"g","ServiceName":"Class","StartTime":"2027-02-01T09:00:00Z","EndTime":"2027-02-01T10:00:00Z","MaxAttendeesCount":12}""",
        [("Customers", new JsonArray([.. people.Select(Person)])), .. more]);

    private static JsonNode Person(string name) => new JsonObject { ["Id"] = $"id-{name}", ["Name"] = char.ToUpperInvariant(name[0]) + name[1..], ["Email"] = $"{name}@contoso.example" };

    private static IEnumerable<string> MailsTo(string eventName, IEnumerable<string> people) => people.Select(name => $"{eventName} {name}@contoso.example");
}
