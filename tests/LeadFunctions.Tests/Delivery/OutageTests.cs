using System.Net;
using System.Text.Json;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>Destinations that are away for minutes, hours and days, on a clock that the test moves.</summary>
public sealed class OutageTests
{
    /// <summary>Until the pauses have grown to their longest: those under way at once at first, and the tries after 1, 2, 4… seconds.</summary>
    private const int RequestsAtFirst = 16;

    [Theory]
    [InlineData(10)]
    [InlineData(5 * 60)]
    [InlineData(24 * 60)]
    public async Task After_an_outage_of_the_CRM_each_lead_is_one_row_and_no_mail_came_late(int minutes)
    {
        const int Leads = 50;
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        rig.Crm.Always = Fault.Status((int)HttpStatusCode.ServiceUnavailable);
        for (var posted = 1; posted <= Leads; posted++)
        {
            await rig.PostAsync();
            await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == posted);
            var before = rig.Crm.Requests.Count;
            var span = TimeSpan.FromMinutes(minutes) / Leads;
            await time.PassAsync(span);
            AssertFewRequests(rig.Crm.Requests.Count - before, span, posted < 20 ? RequestsAtFirst : 1);
        }

        AssertFewRequests(rig.Crm.Requests.Count, TimeSpan.FromMinutes(minutes), RequestsAtFirst);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rig.Crm.Requests.Count} requests in an outage of {minutes} minutes with {Leads} leads.");
        using var gate = rig.Crm.Hold();
        rig.Crm.Always = null;
        await time.PassAsync(TimeSpan.FromDays(2), () => rig.Crm.InFlight > 0);
        time.AnswersHang = true;
        await time.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(1, rig.Crm.InFlight);
        var failed = rig.Crm.Requests.Count - 1;
        gate.Release();
        time.AnswersHang = false;
        await time.PassAsync(TimeSpan.FromDays(2), () => rig.Crm.Rows.Count == Leads);
        await time.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Leads, rig.Crm.Rows.Count);
        Assert.Equal(Leads, rig.Crm.Requests.Count - failed);
        Assert.Equal(Leads, rig.Mail.Requests.Count);
    }

    [Fact]
    public async Task After_an_outage_longer_than_the_schedule_the_dead_letters_are_resubmitted_and_all_arrive()
    {
        const int Leads = 20;
        await using var rig = await DeliveryRig.StartAsync(("Delivery:RetrySchedule", "00:00:05, 00:02:00, 01:00:00, 06:00:00"));
        using var time = new PassingTime(rig);
        rig.Crm.Always = Fault.Status((int)HttpStatusCode.BadGateway);
        var leads = await PostAsync(rig, Leads);
        await time.PassAsync(TimeSpan.FromDays(3), () => rig.Crm.Requests.Count >= Leads * 5);
        await time.PassAsync(TimeSpan.FromHours(1));
        Assert.Contains($"\"deadLetters\":{Leads}", await rig.App.Client.GetStringAsync("/api/health/ready", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Leads * 5, rig.Crm.Requests.Count);

        rig.Crm.Always = null;
        using var answer = await rig.App.PostAsync("", path: "/api/runs/resubmit");
        await time.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($$"""{"resubmitted":{{Leads}}}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(leads.Order(), rig.Crm.Rows.Keys.Order());
        Assert.Equal(Leads, rig.Mail.Requests.Count);
    }

    [Fact]
    public async Task While_it_asks_for_time_the_CRM_is_given_it()
    {
        const int Leads = 30;
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        rig.Crm.Always = DataverseFaults.ServiceProtection(retryAfterSeconds: 300);
        var leads = await PostAsync(rig, Leads);
        await time.PassAsync(TimeSpan.FromHours(1));
        AssertFewRequests(rig.Crm.Requests.Count, TimeSpan.FromHours(1), RequestsAtFirst);

        rig.Crm.Always = null;
        await time.PassAsync(TimeSpan.FromDays(1), () => rig.Crm.Rows.Count == Leads);

        Assert.Equal(leads.Order(), rig.Crm.Rows.Keys.Order());
        foreach (var lead in leads)
        {
            var starts = (await rig.WaitForStatusAsync(lead, "crm", "delivered")).Starts();
            Assert.All(starts.Zip(starts.Skip(1), (one, next) => next - one), wait => Assert.True(wait >= TimeSpan.FromSeconds(300), $"It was asked again after {wait}."));
        }
    }

    [Fact]
    public async Task An_hour_of_answers_that_never_come_delays_nobody_else_and_makes_no_second_row()
    {
        const int Leads = 30;
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        rig.Crm.Always = Fault.HangAfterHandling;
        time.AnswersHang = true;
        var leads = new List<Guid>();
        for (var posted = 1; posted <= Leads; posted++)
        {
            leads.Add(await rig.PostAsync());
            await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == posted);
            await time.PassAsync(TimeSpan.FromMinutes(2));
        }

        AssertFewRequests(rig.Crm.Requests.Count, TimeSpan.FromHours(1), RequestsAtFirst);
        rig.Crm.Always = null;
        await time.PassAsync(TimeSpan.FromMinutes(1));
        time.AnswersHang = false;
        await time.PassAsync(TimeSpan.FromDays(1));

        Assert.Equal(leads.Order(), rig.Crm.Rows.Keys.Order());
        Assert.Equal(Leads, rig.Mail.Requests.Count);
        var first = await rig.WaitForStatusAsync(leads[0], "crm", "delivered");
        Assert.All(first.Outcomes()[..^1], outcome => Assert.Equal("unanswered", outcome));
        Assert.Contains("there already", first.GetProperty("attempts").EnumerateArray().Last().GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_request_that_a_reset_cut_off_is_an_attempt_in_the_history()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        // A connection that has been used before is where an HTTP client may repeat a request by itself.
        await rig.PostAsync();
        await time.PassAsync(TimeSpan.FromSeconds(1), () => rig.Crm.Rows.Count == 1 && rig.Mail.Mails.Count == 1);
        await rig.Crm.WaitForAsync(() => rig.Crm.Rows.Count == 1);
        await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == 1);
        rig.Crm.FailNext([.. Enumerable.Repeat(Fault.ResetAfterHandling, 4)]);
        rig.Mail.FailNext([.. Enumerable.Repeat(Fault.Reset, 4)]);

        var lead = await rig.PostAsync();
        await time.PassAsync(TimeSpan.FromHours(2));

        string[] expected = ["unanswered", "unanswered", "unanswered", "unanswered", "delivered"];
        Assert.Equal(expected, (await rig.WaitForStatusAsync(lead, "crm", "delivered")).Outcomes());
        Assert.Equal(expected, (await rig.WaitForStatusAsync(lead, "mail", "delivered")).Outcomes());
        Assert.Equal((6, 6), (rig.Crm.Requests.Count, rig.Mail.Requests.Count));
        Assert.Equal((2, 2), (rig.Crm.Rows.Count, rig.Mail.Mails.Count));
    }

    [Fact]
    public async Task No_redirect_takes_a_lead_elsewhere()
    {
        await using var stranger = await FakeDataverse.StartAsync();
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        int[] codes = [301, 302, 303, 307, 308];
        Fault[] redirects = [.. codes.Select(code => Fault.Status(code, "", headers: ("Location", new Uri(stranger.Url, "api/data/v9.2/leads").ToString())))];
        rig.Crm.FailNext(redirects);
        rig.Mail.FailNext(redirects);

        var lead = await rig.PostAsync();
        await time.PassAsync(TimeSpan.FromHours(6));

        foreach (var destination in new[] { "crm", "mail" })
        {
            var delivery = await rig.WaitForStatusAsync(lead, destination, "delivered");
            Assert.Equal(codes, Statuses(delivery)[..^1]);
        }

        Assert.Empty(stranger.Requests);
        Assert.Single(rig.Crm.Rows);
    }

    [Fact]
    public async Task A_page_or_a_flood_is_no_row_and_no_mail_and_little_of_it_is_kept()
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        var page = Fault.Status(200, "<html>Please sign in</html>", "text/html");
        rig.Crm.FailNext(page, Fault.HugeBody(503, 10_000_000), Fault.HugeBody(200, 10_000_000), Fault.Status(503, "\u0000\u001b[31m\r\nforged", "application/json"));
        rig.Mail.FailNext(page, Fault.HugeBody(503, 10_000_000), Fault.Status(503, "[[[[", "application/json"));

        var lead = await rig.PostAsync();
        await time.PassAsync(TimeSpan.FromHours(3));

        var crm = await rig.WaitForStatusAsync(lead, "crm", "delivered");
        var mail = await rig.WaitForStatusAsync(lead, "mail", "delivered");
        Assert.Equal([200, 503, 200, 503, 204], Statuses(crm));
        Assert.Equal([200, 503, 503, 202], Statuses(mail));
        Assert.All([.. Errors(crm), .. Errors(mail)], error =>
        {
            Assert.InRange(error.Length, 1, 1_200);
            Assert.DoesNotContain(error, char.IsControl);
        });
    }

    [Fact]
    public async Task A_name_that_is_not_known_is_asked_for_again()
    {
        await using var rig = await DeliveryRig.StartAsync(("Destinations:mail:Host", "https://mail.invalid"));
        var lead = await rig.PostAsync();

        var delivery = await rig.WaitForAttemptsAsync(lead, "mail", 1);
        await rig.WaitForStatusAsync(lead, "crm", "delivered");
        Assert.Equal(["retry"], delivery.Outcomes());
        Assert.Contains("mail.invalid", delivery.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        await rig.RestartAsync([.. rig.CrmSettings, .. rig.MailSettings]);
        rig.Time.Advance(delivery.GetProperty("nextAttemptAt").GetDateTimeOffset() - rig.Time.GetUtcNow());

        await rig.WaitForStatusAsync(lead, "mail", "delivered");
        Assert.Single(rig.Mail.Mails);
        Assert.Single(rig.Crm.Requests);
    }

    private static async Task<IReadOnlyList<Guid>> PostAsync(DeliveryRig rig, int count)
    {
        var leads = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => rig.PostAsync()));
        await rig.Mail.WaitForAsync(() => rig.Mail.Mails.Count == count);
        return leads;
    }

    private static void AssertFewRequests(int requests, TimeSpan time, int more) =>
        Assert.True(requests <= time.TotalMinutes + more, $"{requests} requests in {time}.");

    private static int[] Statuses(JsonElement delivery) => [.. delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("status").GetInt32())];

    private static string[] Errors(JsonElement delivery) => [.. delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("error").GetString()).OfType<string>()];
}
