using System.Text.Json;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>Answers whose status says one thing and whose code, words or headers another: what becomes of the lead.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task A_lead_that_an_alternate_key_keeps_out_of_the_CRM_is_a_dead_letter_with_its_words()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Crm.SetAlternateKey("emailaddress1");
        var first = await AcceptAsync(rig, "Contoso Analytics");
        await rig.WaitForStatusAsync(first, "crm", "delivered");

        var second = await AcceptAsync(rig, "Contoso Storage");

        var dead = await rig.WaitForStatusAsync(second, "crm", "dead_letter");
        Assert.Contains("412 0x80060892: Entity Key emailaddress1 violated.", dead.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.Equal(first, Assert.Single(rig.Crm.Rows).Key);
    }

    [Fact]
    public async Task An_update_that_met_a_creation_is_tried_again_and_the_row_has_the_new_time()
    {
        await using var rig = await DeliveryRig.StartAsync();
        await AppointmentAsync(rig, "created", "2027-01-10T09:00:00Z", "2027-01-10T09:30:00Z");
        await rig.Crm.WaitForAsync(() => rig.Crm.Rows.Count == 1);
        rig.Crm.FailNext(DataverseFaults.AlreadyThere());

        var updated = await AppointmentAsync(rig, "updated", "2027-02-20T15:00:00Z", "2027-02-20T15:30:00Z");
        var next = await rig.WaitForNextAttemptAsync(updated, "crm");
        rig.Time.Advance(next - rig.Time.GetUtcNow());

        Assert.Equal(["retry", "delivered"], (await rig.WaitForStatusAsync(updated, "crm", "delivered")).Outcomes());
        Assert.Contains("2027-02-20 15:00", Assert.Single(rig.Crm.Rows).Value["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mails_wait_for_the_end_of_the_month_or_the_day_with_the_reason_shown(bool month)
    {
        await using var rig = await DeliveryRig.StartAsync();
        using var time = new PassingTime(rig);
        rig.Mail.Always = month ? FakeSendGrid.CreditsUsedUp : FakeSendGrid.MessagingLimitReached;
        var lead = await rig.PostAsync();
        var waiting = await rig.WaitForAttemptsAsync(lead, "mail", 1);
        Assert.Equal("pending", waiting.GetProperty("status").GetString());
        Assert.Contains(month ? "Maximum credits exceeded" : "You have exceeded your messaging limits", waiting.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        await time.PassAsync(TimeSpan.FromHours(20));

        rig.Mail.Always = null;
        await time.PassAsync(TimeSpan.FromDays(2));

        await rig.WaitForStatusAsync(lead, "mail", "delivered");
        Assert.Single(rig.Mail.Mails);
    }

    [Fact]
    public async Task A_sender_that_is_not_verified_is_a_dead_letter()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Mail.FailNext(FakeSendGrid.UnverifiedSender);

        Assert.Contains("verified Sender Identity", (await rig.WaitForStatusAsync(await rig.PostAsync(), "mail", "dead_letter")).GetProperty("lastError").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_mended_by_a_new_one_and_nothing_has_to_be_resubmitted()
    {
        await using var rig = await DeliveryRig.StartAsync(("Destinations:mail:ApiKey", "SG.revoked"));
        var lead = await rig.PostAsync();
        await rig.WaitForStatusAsync(lead, "crm", "delivered");
        var next = await rig.WaitForNextAttemptAsync(lead, "mail");

        await rig.RestartAsync([.. rig.CrmSettings, .. rig.MailSettings]);
        rig.Time.Advance(next - rig.Time.GetUtcNow());

        Assert.Equal(["retry", "delivered"], (await rig.WaitForStatusAsync(lead, "mail", "delivered")).Outcomes());
    }

    [Fact]
    public async Task Of_two_waits_the_later_is_the_floor()
    {
        await using var rig = await DeliveryRig.StartAsync();
        var now = rig.Time.GetUtcNow();
        rig.Mail.FailNext(Fault.Status(429, headers: [("Retry-After", "120"), ("X-RateLimit-Reset", $"{now.ToUnixTimeSeconds() + 3}")]));
        rig.Crm.FailNext(Fault.Status(429, headers: [("Retry-After", "60"), ("x-ms-retry-after-ms", "240000")]));

        var lead = await rig.PostAsync();

        Assert.Equal(now.AddSeconds(120), await rig.WaitForNextAttemptAsync(lead, "mail"));
        Assert.Equal(now.AddSeconds(240), await rig.WaitForNextAttemptAsync(lead, "crm"));
    }

    [Fact]
    public async Task A_wait_until_a_time_is_kept()
    {
        await using var hook = await FakeHook.StartAsync();
        await using var rig = await DeliveryRig.StartAsync(
            ("Destinations:zoom:Kind", "Webhook"), ("Destinations:zoom:Url", hook.Url.ToString()), ("Destinations:zoom:AllowPrivateAddresses", "true"));
        var until = rig.Time.GetUtcNow().AddHours(1);
        hook.FailNext(Fault.Status(
            429, """{"code":429,"message":"You have reached the maximum daily rate limit for this API."}""", headers:
            [("X-RateLimit-Type", "Daily-limit"), ("X-RateLimit-Remaining", "0"), ("Retry-After", $"{until:yyyy-MM-dd'T'HH:mm:ss'Z'}")]));

        Assert.Equal(until, await rig.WaitForNextAttemptAsync(await rig.PostAsync(), "zoom"));
    }

    [Fact]
    public async Task Of_a_page_the_reason_has_the_title_and_no_markup()
    {
        await using var rig = await DeliveryRig.StartAsync();
        var page = Fault.Status(502, "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Sorry</h1></body></html>", "text/html");
        rig.Crm.FailNext(page);
        rig.Mail.FailNext(page);

        var lead = await rig.PostAsync();

        Assert.Equal("Dataverse answered 502: 502 Bad Gateway Sorry", (await rig.WaitForAttemptsAsync(lead, "crm", 1)).GetProperty("lastError").GetString());
        Assert.Equal("SendGrid answered 502: 502 Bad Gateway Sorry", (await rig.WaitForAttemptsAsync(lead, "mail", 1)).GetProperty("lastError").GetString());
    }

    private static async Task<Guid> AcceptAsync(DeliveryRig rig, string offer) => (await rig.App.AcceptAsync(
        $$"""{"UserDetails":{"FirstName":"Kim","LastName":"Lee","Email":"kim@example.com"},"OfferTitle":"{{offer}}","ActionCode":"INS"}""")).LeadId;

    private static async Task<Guid> AppointmentAsync(DeliveryRig rig, string eventName, string start, string end)
    {
        using var answer = await rig.App.PostAsync(
            $$"""{"Id":"AP-2","ServiceName":"Consultation","CustomerName":"Kim Lee","CustomerEmail":"kim@example.com","StartTime":"{{start}}","EndTime":"{{end}}"}""",
            path: $"/api/appointments/{eventName}");
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("leads")[0].GetProperty("leadId").GetGuid();
    }
}
