using System.Text.Json.Nodes;
using LeadFunctions.Delivery;
using LeadFunctions.Leads;
using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Tests.Delivery;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Telemetry.Alerts;

/// <summary>What people are told, when, and how often.</summary>
public sealed class AlertTests
{
    private const string Slack = "services/T00000000/B00000000/your-webhook";
    private const string Teams = "workflows?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=your-signature";

    [Fact]
    public async Task An_outage_of_the_CRM_is_told_once_with_its_reason_and_once_when_it_is_over_over_a_restart_too()
    {
        await using var scene = await AlertScene.SetAsync();
        scene.Crm.Always = Fault.Status(503, """{"error":{"code":"0x80060891","message":"The service is under maintenance, says someone@contoso.com."}}""");
        await scene.App.AcceptAsync(Samples.Documented);
        await NotedAsync(scene);

        await scene.LookAsync(minutes: 9);
        Assert.Empty(scene.Mails);
        await scene.LookAsync(minutes: 5);
        await scene.RestartAsync();
        await scene.LookAsync(minutes: 20);

        var begin = Assert.Single(scene.Mails);
        Assert.Equal("crm has been failing since 2026-11-21 09:00 UTC", begin.Subject);
        Assert.Contains("1 delivery waits for crm (Dataverse). Nothing is lost", begin.Text, StringComparison.Ordinal);
        Assert.Contains("The service is under maintenance, says …", begin.Text, StringComparison.Ordinal);
        Assert.Contains("https://leads.contoso.example/api/runs?status=in_progress&destination=crm", begin.Text, StringComparison.Ordinal);

        scene.Crm.Always = null;
        await Eventually.TrueAsync(
            async () =>
            {
                scene.Time.Advance(TimeSpan.FromSeconds(30));
                await Task.Delay(20, TestContext.Current.CancellationToken);
                return scene.Crm.Rows.Count == 1 && (await scene.App.Store.FindValuesAsync("troubles")).Count == 0;
            },
            "the lead has arrived");
        await scene.LookAsync(minutes: 20);

        Assert.Equal([begin.Subject, "Over: Nothing waits for crm any more"], scene.Subjects);
    }

    [Fact]
    public async Task A_look_that_another_instance_overtakes_ends_nothing_that_was_told_meanwhile()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:GatherFor", "00:00:00"));
        scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        await scene.LookAsync();
        var overtaken = new UnreliableStore(scene.App.Store)
        {
            AfterChecking = new(async () =>
            {
                await scene.App.WaitForStatusAsync((await scene.App.AcceptAsync(Samples.Documented)).LeadId, "dead_letter");
                await scene.LookAsync();
            }),
        };

        await ActivatorUtilities.CreateInstance<AlertService>(scene.App.App.Services, overtaken).RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["1 dead letter at crm"], scene.Subjects);
    }

    [Fact]
    public async Task A_thousand_dead_letters_are_one_mail_with_their_reasons_and_nobodys_name()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:GatherFor", "00:30:00"));
        scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"Invalid property 'new_campain', someone@contoso.com"}}""");
        for (var hundred = 1; hundred <= 10; hundred++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(number => scene.App.AcceptAsync($$"""{"OfferTitle":"{{hundred}}-{{number}}","UserDetails":{"FirstName":"Zyxwina","Email":"someone@contoso.com"} }""")));
            await Eventually.TrueAsync(async () => (await scene.App.Store.CheckAsync(scene.Time.GetUtcNow())).DeadLetters == hundred * 100, $"{hundred * 100} are dead letters");
            await scene.LookAsync();
        }

        await scene.LookAsync(minutes: 30);
        await scene.RestartAsync();
        await scene.LookAsync(minutes: 30);

        var mail = Assert.Single(scene.Mails);
        Assert.Equal("1,000 dead letters at crm", mail.Subject);
        Assert.Contains("Invalid property 'new_campain', …", mail.Text, StringComparison.Ordinal);
        Assert.Contains("https://leads.contoso.example/api/runs?status=dead_letter&destination=crm", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("someone@", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Zyxwina", mail.Text, StringComparison.Ordinal);

        scene.Crm.Always = null;
        await scene.App.Store.ResubmitDeadLettersAsync(null, "anna", scene.Time.GetUtcNow());
        await Eventually.TrueAsync(async () => (await scene.App.Store.CheckAsync(scene.Time.GetUtcNow())).DeadLetters == 0, "none is a dead letter any more");
        await scene.LookAsync(minutes: 3);
        Assert.Equal("Over: No dead letters at crm any more", scene.Subjects.Last());
    }

    [Fact]
    public async Task Dead_letters_that_come_later_are_told_when_the_set_time_is_over()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:NamePeople", "true"));
        scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        await DeadLetterAsync(scene, "one");
        await scene.LookAsync(minutes: 3);
        await DeadLetterAsync(scene, "two");
        await scene.LookAsync(minutes: 100);
        Assert.Equal(["1 dead letter at crm"], scene.Subjects);

        await scene.LookAsync(minutes: 30);

        Assert.Equal(["1 dead letter at crm", "2 dead letters at crm (1 more than told before)"], scene.Subjects);
        Assert.Contains("- two Somebody, two@contoso.example (", scene.Mails[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_bodies_are_told_together_with_their_faults_and_not_again()
    {
        await using var scene = await AlertScene.SetAsync();
        await scene.LookAsync();
        for (var number = 0; number < 3; number++)
        {
            using var refused = await scene.App.PostAsync("""{"UserDetails":{"Email":7,"FirstName":"Zyxwina"}}""");
        }

        await scene.LookAsync(minutes: 60);

        var mail = Assert.Single(scene.Mails);
        Assert.Equal("3 posts were refused", mail.Subject);
        Assert.Contains("- 3 × /UserDetails/Email", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Zyxwina", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_told_when_no_lead_has_come_for_longer_than_the_setting_says_and_its_end()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:Silence", "00:30:00"));
        await scene.DeliverAsync(Samples.Documented);
        await scene.LookAsync(minutes: 29);
        Assert.Empty(scene.Mails);

        await scene.LookAsync(minutes: 20);
        Assert.Equal(["No lead since 2026-11-21 09:00 UTC"], scene.Subjects);

        await scene.DeliverAsync("""{"OfferTitle":"At last"}""");
        await scene.LookAsync(minutes: 5);
        Assert.Equal(["No lead since 2026-11-21 09:00 UTC", "Over: Leads come again"], scene.Subjects);
    }

    [Fact]
    public async Task A_delivery_that_nothing_tries_is_told_unless_its_destination_is_known_to_fail()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:OldestDue", "00:10:00"));
        var old = Posted.Lead("""{"OfferTitle":"For a destination of the past"}""", scene.Time.GetUtcNow());
        await scene.App.Store.AcceptAsync(old, new byte[16], null, [new PlannedDelivery("erp")]);

        await scene.LookAsync(minutes: 30);

        Assert.Equal(["Deliveries are late: the oldest has been due since 2026-11-21 09:00 UTC"], scene.Subjects);
    }

    [Fact]
    public async Task A_destination_that_failed_before_it_was_taken_out_of_the_settings_explains_nothing()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:OldestDue", "00:10:00"));
        var old = Posted.Lead("""{"OfferTitle":"For a destination of the past"}""", scene.Time.GetUtcNow());
        await scene.App.Store.AcceptAsync(old, new byte[16], null, [new PlannedDelivery("erp")]);
        await new DestinationTroubles(scene.App.Store, scene.Time).NoteAsync(new LeadDelivery(1, old, "erp", 1, 0), new DeliveryOutcome.Retry(503, "It was away."), null);

        await scene.LookAsync(minutes: 30);

        Assert.Equal(["Deliveries are late: the oldest has been due since 2026-11-21 09:00 UTC"], scene.Subjects);
    }

    [Fact]
    public async Task The_daily_digest_comes_once_a_day_after_its_time()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:Digest", "09:30"), ("Alerts:RepeatAfter", "00:00:00"));
        await scene.DeliverAsync(Samples.Documented);
        await scene.LookAsync(minutes: 29);
        Assert.Empty(scene.Mails);
        await scene.LookAsync(minutes: 5);
        scene.Time.Advance(TimeSpan.FromHours(23));
        // The program's own look, once a day here, must not come between.
        await scene.RestartAsync();
        await scene.LookAsync(minutes: 65);

        Assert.Equal(["2026-11-20: 0 leads", "2026-11-21: 1 lead"], scene.Subjects);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_told_and_its_return()
    {
        await using var scene = await AlertScene.SetAsync();
        File.Move(scene.StorePath, scene.StorePath + ".away");
        await scene.LookAsync();
        Assert.Empty(scene.Mails);
        await scene.LookAsync(minutes: 5);
        Assert.Equal(["The store can't be written"], scene.Subjects);

        File.Move(scene.StorePath + ".away", scene.StorePath);
        await scene.LookAsync(minutes: 5);
        Assert.Equal(["The store can't be written", "Over: The store can be written again"], scene.Subjects);
    }

    [Fact]
    public async Task A_disk_with_less_room_than_the_setting_asks_for_is_told()
    {
        await using var scene = await AlertScene.SetAsync(("Alerts:LeastFreeMegabytes", "2000000000"));

        await scene.LookAsync(minutes: 5);

        Assert.StartsWith("The store's disk is nearly full: ", Assert.Single(scene.Subjects), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_that_fails_is_told_by_the_other_once_and_so_is_its_return()
    {
        await using var slack = await FakeSlack.StartAsync();
        slack.Always = Fault.Status(404, $"no_service at /{Slack}", "text/html");
        await using var scene = await AlertScene.SetAsync(("Alerts:Webhook:Url", $"{slack.Url}{Slack}"), ("Alerts:Webhook:Format", "Slack"), ("Alerts:RepeatAfter", "00:05:00"));
        scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        await DeadLetterAsync(scene, "one");
        await scene.LookAsync(minutes: 60);

        Assert.Equal(["1 dead letter at crm", "Alerts can't be sent by webhook"], scene.Subjects);
        Assert.Contains("answered 404: no_service at …", scene.Mails[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("your-webhook", scene.Mails[1].Text, StringComparison.Ordinal);

        slack.Always = null;
        await DeadLetterAsync(scene, "two");
        await scene.LookAsync(minutes: 10);

        Assert.Equal(["2 dead letters at crm (1 more than told before)", "Over: Alerts go out by webhook again"], scene.Subjects.Skip(2));
        Assert.Contains("2 dead letters at crm", Assert.Single(slack.Messages).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_way_took_is_owed_until_one_does()
    {
        await using var scene = await AlertScene.SetAsync();
        scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no"}}""");
        scene.SendGrid.Always = Fault.Status(503);
        await DeadLetterAsync(scene, "one");
        await scene.LookAsync(minutes: 5);
        Assert.Empty(scene.Mails);
        Assert.InRange(scene.SendGrid.Requests.Count, 1, 4);

        scene.SendGrid.Always = null;
        // The program waits ever longer between tries, at most a quarter of an hour or its own look.
        await scene.LookAsync(minutes: 130);

        Assert.Equal(["1 dead letter at crm"], scene.Subjects);
    }

    [Fact]
    public async Task Teams_takes_the_card_and_a_program_the_json()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var hook = await FakeHook.StartAsync();
        foreach (var (url, format) in new[] { ($"{teams.Url}{Teams}", "Teams"), ($"{hook.Url}alerts", "Json") })
        {
            await using var scene = await AlertScene.SetAsync(("Alerts:Webhook:Url", url), ("Alerts:Webhook:Format", format));
            scene.Crm.Always = Fault.Status(400, """{"error":{"code":"0x80048d19","message":"no <!channel>"}}""");
            await DeadLetterAsync(scene, "one");
            await scene.LookAsync(minutes: 5);
        }

        Assert.Contains("1 dead letter at crm", Assert.Single(teams.Cards).ToJsonString(), StringComparison.Ordinal);
        var json = Assert.Single(hook.Requests).Json;
        Assert.Equal(("dead_letters", "crm", false, "1 dead letter at crm"), ((string?)json["kind"], (string?)json["destination"], (bool?)json["isEnd"], (string?)json["title"]));
        Assert.Equal("https://leads.contoso.example/api/runs?status=dead_letter&destination=crm", (string?)json["link"]);
    }

    [Fact]
    public async Task Without_settings_nobody_is_told_and_nothing_is_remembered()
    {
        await using var app = await LeadApp.StartAsync();

        await app.App.Services.GetRequiredService<AlertService>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Empty(await app.Store.FindValuesAsync("alerts"));
    }

    private static async Task DeadLetterAsync(AlertScene scene, string name)
    {
        var before = (await scene.App.Store.CheckAsync(scene.Time.GetUtcNow())).DeadLetters;
        var body = new JsonObject { ["OfferTitle"] = name, ["UserDetails"] = new JsonObject { ["FirstName"] = name, ["LastName"] = "Somebody", ["Email"] = $"{name}@contoso.example" } };
        await scene.App.AcceptAsync(body.ToJsonString());
        await Eventually.TrueAsync(async () => (await scene.App.Store.CheckAsync(scene.Time.GetUtcNow())).DeadLetters > before, "it is a dead letter");
    }

    private static Task NotedAsync(AlertScene scene) =>
        Eventually.TrueAsync(async () => (await scene.App.Store.FindValuesAsync("troubles")).Count == 1, "the failure is noted");
}
