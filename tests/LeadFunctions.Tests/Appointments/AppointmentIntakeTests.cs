using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using static LeadFunctions.Tests.Appointments.AppointmentPosts;

namespace LeadFunctions.Tests.Appointments;

public sealed class AppointmentIntakeTests
{
    [Fact]
    public async Task An_appointment_of_one_customer_is_one_lead_in_the_shape_of_all_leads()
    {
        await using var app = await LeadApp.StartAsync();

        var lead = await app.LeadAsync(Assert.Single((await app.BookAsync("created", OneToOne)).Leads));

        Assert.Equal((Sources.Bookings, "created"), (lead.Source, lead.Event));
        Assert.Equal(("Adele", "Vance", "adele.vance@proseware.example", "+1 425 555 0109"), (Detail(lead, "FirstName"), Detail(lead, "LastName"), Detail(lead, "Email"), Detail(lead, "Phone")));
        Assert.Equal(("Adele Vance", "Interested in the enterprise plan", "Initial consultation"), (lead.Content.Text("CustomerName"), lead.Content.Text("CustomerNotes"), lead.Content.Offer));
        Assert.NotEqual(lead.Id, lead.RowId);
    }

    [Fact]
    public async Task A_group_is_a_lead_for_each_customer_and_none_says_anything_about_the_others()
    {
        await using var app = await LeadApp.StartAsync();

        var answer = await app.BookAsync("created", Group);

        var (alex, isaiah) = (await app.LeadAsync(answer.Leads[0]), await app.LeadAsync(answer.Leads[1]));
        Assert.Equal(("Alex", "Wilber", "alex@tailspin.example", null), (Detail(alex, "FirstName"), Detail(alex, "LastName"), Detail(alex, "Email"), alex.Content.Text("CustomerNotes")));
        Assert.Equal(("Isaiah", "isaiah@wingtip.example", "Vegetarian", "UTC"), (Detail(isaiah, "FirstName"), Detail(isaiah, "Email"), isaiah.Content.Text("CustomerNotes"), isaiah.Content.Text("CustomerTimeZone")));
        Assert.Equal([("Role?", "CTO")], AppointmentFacts.Of(isaiah.Content).Answers);
        Assert.Equal(["Megan Bowen", "Lynne Robbins"], AppointmentFacts.Of(alex.Content).StaffNames);
        Assert.DoesNotContain("isaiah", Text(alex), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alex", Text(isaiah), StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(alex.RowId, isaiah.RowId);
    }

    [Fact]
    public async Task The_same_post_again_is_recognised_for_each_customer()
    {
        await using var app = await LeadApp.StartAsync();
        var first = await app.BookAsync("created", Group);

        var again = await app.BookAsync("CREATED", Group);
        var other = await app.BookAsync("updated", Group);

        Assert.Equal(first.Leads.Select(lead => (lead.LeadId, true)), again.Leads.Select(lead => (lead.LeadId, lead.Duplicate)));
        Assert.All(other.Leads, lead => Assert.False(lead.Duplicate));
    }

    [Theory]
    [InlineData("created", "LastUpdatedDateTime", "2026-12-01T09:00:00Z", "2026-12-01T09:00:07Z", true)]
    [InlineData("created", "FilledAttendeesCount", "1", "2", true)]
    [InlineData("cancelled", "LastUpdatedDateTime", "2026-12-01T09:00:00Z", "2026-12-01T09:00:07Z", true)]
    [InlineData("updated", "FilledAttendeesCount", "1", "2", true)]
    [InlineData("updated", "LastUpdatedDateTime", "2026-12-01T09:00:00Z", "2026-12-01T09:00:07Z", false)]
    public async Task What_changes_by_itself_does_not_make_another_event(string eventName, string name, string first, string then, bool repeat)
    {
        await using var app = await LeadApp.StartAsync();
        foreach (var sample in new[] { OneToOne, Group })
        {
            await app.BookAsync(eventName, Changed(sample, (name, first)));

            Assert.All((await app.BookAsync(eventName, Changed(sample, (name, then)))).Leads, lead => Assert.Equal(repeat, lead.Duplicate));
        }
    }

    [Fact]
    public async Task A_creation_that_says_at_last_who_the_customer_is_is_not_a_repeat()
    {
        await using var app = await LeadApp.StartAsync();
        await app.BookAsync("created", """{"Id":"AAMkADKnAAA="}""");

        Assert.False(Assert.Single((await app.BookAsync("created", OneToOne)).Leads).Duplicate);
    }

    [Fact]
    public async Task A_repeat_with_one_more_customer_is_a_lead_of_that_one_alone()
    {
        await using var app = await LeadApp.StartAsync();
        await app.BookAsync("created", Group);
        var group = JsonNode.Parse(Group)!.AsObject();
        group["Customers"]!.AsArray().Add(new JsonObject { ["Name"] = "Lynne Robbins", ["Email"] = "Lynne@Wingtip.example" });

        var answer = await app.BookAsync("created", group.ToJsonString());

        Assert.Equal([true, true, false], answer.Leads.Select(lead => lead.Duplicate));
    }

    [Fact]
    public async Task Names_are_matched_in_any_casing_at_every_level()
    {
        await using var app = await LeadApp.StartAsync();

        var answer = await app.BookAsync("created", """{"id":"1","servicename":"S","customers":[{"ID":"c","name":"Adele Vance","EMAIL":"a@contoso.example","shoeSize":"42"}],"staffmembers":[{"displayname":"Megan"}]}""");

        var lead = await app.LeadAsync(answer.Leads[0]);
        Assert.Equal(("1", "S", "c", "a@contoso.example", "42"), (lead.Content.Text("Id"), lead.Content.Text("ServiceName"), lead.Content.Text("CustomerId"), Detail(lead, "Email"), lead.Content.Text("CustomershoeSize")));
        Assert.Equal(["Megan"], AppointmentFacts.Of(lead.Content).StaffNames);
    }

    [Theory]
    [InlineData("""{"Id":"1"}""")]
    [InlineData("""{"CustomerName":"Adele"}""")]
    [InlineData("""{"Id":"1","Customers":[],"StaffMembers":null,"CustomerEmail":" "}""")]
    [InlineData("""{"Id":"1","Duration":"PT30M","MaxAttendeesCount":"1","TrackingData":{"x":1},"New":[1,{"New":2}]}""")]
    [InlineData("""{"Id":"1","x":1,"x":{"y":1,"y":2},"Id":"2","Customers":[{"z":1,"z":2,"Name":"A"}]}""")]
    public async Task Any_field_may_be_missing_or_be_more_than_is_documented(string body)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.False(Assert.Single((await app.BookAsync("updated", body)).Leads).Duplicate);
    }

    [Fact]
    public async Task Every_violation_is_named_with_its_path_and_the_body_is_kept()
    {
        await using var app = await LeadApp.StartAsync();
        const string Body = """{"Id":5,"StartTime":{"dateTime":"x"},"Duration":true,"customers":[{"Name":"A"},{"email":["b"]}],"StaffMembers":"Megan","MaxAttendeesCount":1}""";

        using var response = await app.PostAsync(Body, path: "/api/appointments/created");

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(["/Customers/1/Email", "/Duration", "/Id", "/StaffMembers", "/StartTime"], answer.Paths);
        Assert.Contains(answer.Errors, error => error.Path == "/Duration" && error.Message.Contains("a number or a text", StringComparison.Ordinal));
        var kept = await app.Store.FindRefusedAsync(answer.RefusedId!.Value);
        Assert.Equal((Sources.Bookings, "created", Body), (kept!.Source, kept.Event, kept.Text));
    }

    [Fact]
    public async Task More_values_than_any_appointment_has_are_refused_and_kept()
    {
        await using var app = await LeadApp.StartAsync();
        var body = $$"""{"Id":"1","p":[{{string.Join(',', Enumerable.Repeat(1, 10_000))}}]}""";

        using var response = await app.PostAsync(body, path: "/api/appointments/created");

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("has 10003 values", Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
        Assert.Equal(body, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text);
    }

    [Fact]
    public async Task As_many_customers_as_a_body_takes_are_taken_and_recognised()
    {
        await using var app = await LeadApp.StartAsync();
        string Crowd(Func<int, string> customer) => $$"""{"Id":"1","Customers":[{{string.Join(',', Enumerable.Range(0, 1_500).Select(customer))}}]}""";
        var created = await app.BookAsync("created", Crowd(number => $$"""{"Id":"{{number}}","Name":"Same","Email":"{{number}}@contoso.example"}"""));

        var again = await app.BookAsync("created", Crowd(number => $$"""{"Id":"{{number}}","Name":"Same"}"""));

        Assert.Equal(created.Leads.Select(lead => (lead.LeadId, true)), again.Leads.Select(lead => (lead.LeadId, lead.Duplicate)));
    }

    [Theory]
    [InlineData("canceled")]
    [InlineData("deleted")]
    public async Task An_unknown_event_is_answered_with_the_three_known_ones_and_kept(string eventName)
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync(OneToOne, path: $"/api/appointments/{eventName}");

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.NotFound);
        Assert.All(AppointmentEvents.All, known => Assert.Contains($"/api/appointments/{known}", Assert.Single(answer.Errors).Message, StringComparison.Ordinal));
        Assert.Equal(OneToOne, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text);
    }

    [Fact]
    public async Task It_is_guarded_as_leads_are()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys", "a-key-of-the-publisher"), ("Intake:MaxBodyBytes", "1024")]);

        using var without = await app.PostAsync(OneToOne, path: "/api/appointments/created");
        using var with = await app.PostAsync(OneToOne, path: "/api/appointments/created?code=a-key-of-the-publisher");
        using var large = await app.PostAsync(Changed(OneToOne, ("CustomerNotes", new string('x', 1024))), path: "/api/appointments/created?code=a-key-of-the-publisher");
        using var form = await app.PostAsync("a=b", "application/x-www-form-urlencoded", "/api/appointments/created?code=a-key-of-the-publisher");
        using var got = await app.Client.GetAsync("/api/appointments/created", TestContext.Current.CancellationToken);

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Accepted, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType, HttpStatusCode.MethodNotAllowed],
            new[] { without, with, large, form, got }.Select(response => response.StatusCode));
    }

    [Fact]
    public async Task What_a_cancellation_leaves_out_is_known_from_before()
    {
        await using var app = await LeadApp.StartAsync();
        await app.BookAsync("created", OneToOne);

        var lead = await app.LeadAsync((await app.BookAsync("cancelled", """{"Id":"AAMkADKnAAA=","CancelReason":"Ill"}""")).Leads[0]);

        Assert.Equal(("adele.vance@proseware.example", "Initial consultation", "Ill"), (Detail(lead, "Email"), lead.Content.Text("ServiceName"), lead.Content.Text("CancelReason")));
    }

    [Fact]
    public async Task A_cancellation_that_came_first_and_named_nobody_is_told_again_when_the_customer_is_known()
    {
        await using var app = await LeadApp.StartAsync();
        var cancelled = await app.LeadAsync((await app.BookAsync("cancelled", """{"Id":"AAMkADKnAAA="}""")).Leads[0]);

        await app.BookAsync("created", OneToOne);

        var newest = await app.NewestAsync(cancelled);
        Assert.Equal(("cancelled", "Vance"), (newest.Event, Detail(newest, "LastName")));
    }

    [Fact]
    public async Task A_late_event_fills_what_a_newer_one_left_out_and_no_more()
    {
        await using var app = await LeadApp.StartAsync();
        var updated = await app.LeadAsync((await app.BookAsync("updated", """{"Id":"AAMkADKnAAA=","CustomerName":"Adele Vance","ServiceName":"Renamed"}""")).Leads[0]);

        await app.BookAsync("created", OneToOne);
        await app.BookAsync("created", Changed(OneToOne, ("LastUpdatedDateTime", "2026-12-01T09:00:00Z")));

        var newest = await app.NewestAsync(updated);
        Assert.Equal(("updated", "Renamed", "adele.vance@proseware.example"), (newest.Event, newest.Content.Text("ServiceName"), Detail(newest, "Email")));
        var runs = (await app.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items;
        Assert.Equal(["created", "updated", "updated"], runs.Select(run => run.Lead.Event).Order());
    }

    [Theory]
    [InlineData("""{"StartTime":"2027-01-01T10:00:00","EndTime":"2027-01-01T10:20:00"}""", "2027-01-01T10:00:00", "2027-01-01T10:20:00", null)]
    [InlineData("""{"StartTime":"2027-01-01T10:00:00"}""", "2027-01-01T10:00:00", null, "30")]
    [InlineData("""{"Duration":15}""", null, null, "15")]
    [InlineData("""{"ServiceName":"S"}""", "2026-12-01T09:00:00", "2026-12-01T09:30:00", "30")]
    public async Task Times_that_belong_together_are_not_mixed(string says, string? start, string? end, string? duration)
    {
        await using var app = await LeadApp.StartAsync();
        await app.BookAsync("created", Changed(OneToOne, ("StartTime", "2026-12-01T09:00:00"), ("EndTime", "2026-12-01T09:30:00"), ("Duration", 30)));

        var lead = await app.LeadAsync((await app.BookAsync("updated", Changed(says, ("Id", "AAMkADKnAAA=")))).Leads[0]);

        Assert.Equal((start, end, duration), (lead.Content.Text("StartTime"), lead.Content.Text("EndTime"), lead.Content.Root.TryGetProperty("Duration", out var minutes) ? minutes.ToString() : null));
    }

    [Fact]
    public async Task Nor_are_the_names_of_two_people()
    {
        await using var app = await LeadApp.StartAsync();
        await app.BookAsync("created", OneToOne);

        var lead = await app.LeadAsync((await app.BookAsync("updated", """{"Id":"AAMkADKnAAA=","CustomerName":"Prince"}""")).Leads[0]);

        Assert.Equal((null, "Prince", "adele.vance@proseware.example"), (Detail(lead, "FirstName"), Detail(lead, "LastName"), Detail(lead, "Email")));
    }

    [Fact]
    public async Task What_was_refused_can_be_taken_after_all_for_every_customer()
    {
        await using var app = await LeadApp.StartAsync();
        var id = await app.KeepRefusedAsync("created", Group);

        using var replayed = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");
        using var again = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict), (replayed.StatusCode, again.StatusCode));
        var leads = (await app.Store.ListRunsAsync(new RunFilter(), null, 10, TestContext.Current.CancellationToken)).Items.Select(run => run.Lead).ToArray();
        Assert.Equal(["Alex", "Isaiah"], leads.Select(lead => Detail(lead, "FirstName")).Order());
        Assert.Equal("Alex", Detail(leads.Single(lead => lead.Id == id), "FirstName"));
        Assert.All(leads, lead => Assert.Equal("created", lead.Event));
    }

    [Fact]
    public async Task What_was_posted_for_no_event_is_still_refused()
    {
        await using var app = await LeadApp.StartAsync();
        using var refused = await app.PostAsync(OneToOne, path: "/api/appointments/canceled");
        var id = (await ProblemAnswer.ReadAsync(refused, HttpStatusCode.NotFound)).RefusedId!.Value;

        using var replayed = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");

        await ProblemAnswer.ReadAsync(replayed, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("Adele Vance", "Adele", "Vance")]
    [InlineData("Vance, Adele", "Adele", "Vance")]
    [InlineData(" Ludwig  van Beethoven ", "Ludwig", "van Beethoven")]
    [InlineData("Maria de la Cruz", "Maria", "de la Cruz")]
    [InlineData("Ana María López García", "Ana María López", "García")]
    [InlineData("Prince", null, "Prince")]
    [InlineData("van", null, "van")]
    public async Task A_name_is_divided_as_CRMs_want_it(string name, string? first, string last)
    {
        await using var app = await LeadApp.StartAsync();

        var lead = await app.LeadAsync((await app.BookAsync("created", Changed(OneToOne, ("CustomerName", name)))).Leads[0]);

        Assert.Equal((first, last), (Detail(lead, "FirstName"), Detail(lead, "LastName")));
    }

    [Fact]
    public async Task What_businesses_ask_for_is_a_detail_of_the_customer()
    {
        await using var app = await LeadApp.StartAsync();
        var body = Changed(
            OneToOne,
            ("CustomerPhone", null),
            ("CustomerLocation", new JsonObject { ["Address"] = new JsonObject { ["CountryOrRegion"] = "US" } }),
            ("CustomQuestionAnswers", new JsonArray(Answer("Company name?", "Proseware"), Answer("Job title", "CTO"), Answer("Phone number *", "+1 1"), Answer("Company size?", "200-500"))));

        var lead = await app.LeadAsync((await app.BookAsync("created", body)).Leads[0]);

        Assert.Equal(("Proseware", "CTO", "+1 1", "US"), (Detail(lead, "Company"), Detail(lead, "Title"), Detail(lead, "Phone"), Detail(lead, "Country")));
    }

    [Fact]
    public async Task Whatever_is_posted_is_a_lead_or_has_faults()
    {
        await using var app = await LeadApp.StartAsync();

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(JsonBodies.Any, body =>
        {
            foreach (var posted in new[] { $"{body}", $$"""{"Id":"1","Customers":[{{body}},{"Name":"A","More":{{body}}}],"StaffMembers":[{{body}}],"More":{{body}}}""" })
            {
                using var response = app.PostAsync(posted, path: "/api/appointments/updated").GetAwaiter().GetResult();
                Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.BadRequest });
            }
        }));
    }

    private static JsonNode Answer(string question, string answer) => new JsonObject { ["Question"] = question, ["Answer"] = answer };

    private static string? Detail(Lead lead, string name) => lead.Content.Text("UserDetails", name);

    private static string Text(Lead lead) => Encoding.UTF8.GetString(lead.Content.Utf8);
}
