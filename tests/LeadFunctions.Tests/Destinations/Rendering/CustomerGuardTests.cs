using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Delivery;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

/// <summary>The whole program with a mail to the team and one to the customer.</summary>
public sealed class CustomerGuardTests
{
    private const string Welcome = "Welcome, {{UserDetails.FirstName}}";

    [Fact]
    public async Task The_customer_gets_a_mail_with_no_reply_to_himself()
    {
        await using var rig = await StartAsync();

        var run = await PostAsync(rig, """{"OfferTitle":"Offer","UserDetails":{"FirstName":"Some","Email":"someone@contoso.com"}}""");

        Assert.Equal("delivered", run.GetProperty("status").GetString());
        var mail = Assert.Single(rig.Mail.Mails, mail => mail.Subject == "Welcome, Some");
        Assert.Equal(["someone@contoso.com"], mail.To);
        Assert.Null(mail.ReplyTo);
    }

    [Theory]
    [InlineData("lead-test.json", "a test lead")]
    [InlineData("lead-do-not-contact.json", "asked not to be contacted")]
    public async Task A_test_lead_and_a_customer_who_wants_none_get_no_mail_and_the_team_gets_its_own(string sample, string reason)
    {
        await using var rig = await StartAsync();

        var run = await PostAsync(rig, Samples.Read(sample));

        var welcome = Of(run, "welcome");
        Assert.Equal("delivered", welcome.GetProperty("status").GetString());
        Assert.Contains(reason, Assert.Single(welcome.GetProperty("attempts").EnumerateArray()).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(["sales@fabrikam.example"], Assert.Single(rig.Mail.Mails).To);
    }

    [Theory]
    [InlineData("", "gave no address")]
    [InlineData("not an address", "not a mail address")]
    [InlineData("a@b.example, c@d.example", "not a mail address")]
    public async Task An_absent_or_invalid_address_is_a_dead_letter_that_says_so(string email, string reason)
    {
        await using var rig = await StartAsync();

        var run = await PostAsync(rig, JsonSerializer.Serialize(new { OfferTitle = "Offer", UserDetails = new { FirstName = "Some", Email = email } }));

        Assert.Equal("dead_letter", Of(run, "welcome").GetProperty("status").GetString());
        Assert.Contains(reason, Of(run, "welcome").GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.Equal("delivered", Of(run, "mail").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Nobody_gets_more_than_so_many_a_day_whoever_posts_and_however_the_address_is_written()
    {
        await using var rig = await StartAsync(("Destinations:welcome:MostPerAddressAndDay", "2"));
        JsonElement run = default;
        foreach (var email in new[] { "someone@contoso.com", "Someone@Contoso.com", "SOMEONE@contoso.com" })
        {
            run = await PostAsync(rig, Lead(email));
        }

        await PostAsync(rig, Lead("other@contoso.com"));
        Assert.Equal("delivered", Of(run, "welcome").GetProperty("status").GetString());
        Assert.Contains("2 of these mails today", Assert.Single(Of(run, "welcome").GetProperty("attempts").EnumerateArray()).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((3, 4), (rig.Mail.Mails.Count(mail => mail.Subject == "Welcome, Some"), rig.Mail.Mails.Count(mail => mail.To[0] == "sales@fabrikam.example")));

        await rig.RestartAsync([.. rig.CrmSettings, .. rig.MailSettings, .. WelcomeSettings(rig), ("Destinations:welcome:MostPerAddressAndDay", "2")]);
        await PostAsync(rig, Lead("someone@contoso.com"));
        Assert.Equal(3, rig.Mail.Mails.Count(mail => mail.Subject == "Welcome, Some"));

        rig.Time.Advance(TimeSpan.FromDays(1));
        await PostAsync(rig, Lead("someone@contoso.com"));
        Assert.Equal(4, rig.Mail.Mails.Count(mail => mail.Subject == "Welcome, Some"));
    }

    [Theory]
    [InlineData("To", "{{UserDetails.Email}}", true)]
    [InlineData("Bcc", "{{coalesce UserDetails.Email \"x@y.example\"}}", true)]
    [InlineData("To", "sales@contoso.com", false)]
    [InlineData("To", "{{CustomerEmail}}", true)]
    [InlineData("Cc", "{{#with UserDetails}}{{Email}}{{/with}}", true)]
    [InlineData("To", "{{UserDetails.Country}}@contoso.com", true)]
    public void A_mail_is_the_customers_when_a_recipient_is_a_template(string key, string template, bool customers)
    {
        var options = SettingsOf.Read(reader => MailOptions.Read(reader, "mail", "leads@example.invalid"), ($"mail:{key}", template));

        Assert.Equal((customers, !customers), (options.ToCustomer, options.ReplyToLead));
    }

    [Fact]
    public void Or_when_a_setting_says_so()
    {
        Assert.True(SettingsOf.Read(reader => MailOptions.Read(reader, "mail", "leads@example.invalid"), ("mail:To", "{{Contact}}"), ("mail:ToCustomer", "true")).ToCustomer);
        Assert.False(SettingsOf.Read(reader => MailOptions.Read(reader, "mail", "leads@example.invalid"), ("mail:To", "{{UserDetails.Email}}"), ("mail:ToCustomer", "false")).ToCustomer);
    }

    private static string Lead(string email) => JsonSerializer.Serialize(new { OfferTitle = Guid.NewGuid().ToString(), UserDetails = new { FirstName = "Some", Email = email } });

    private static Task<DeliveryRig> StartAsync(params (string Key, string Value)[] settings) => DeliveryRig.StartAsync(rig => [.. WelcomeSettings(rig), .. settings]);

    private static IEnumerable<(string Key, string Value)> WelcomeSettings(DeliveryRig rig) =>
        rig.MailSettings.Select(setting => (setting.Key.Replace(":mail:", ":welcome:", StringComparison.Ordinal), setting.Value))
            .Where(setting => !setting.Item1.EndsWith(":To", StringComparison.Ordinal))
            .Concat([("Destinations:welcome:To", "{{UserDetails.Email}}"), ("Destinations:welcome:Subject", Welcome)]);

    private static async Task<JsonElement> PostAsync(DeliveryRig rig, string body)
    {
        var lead = (await rig.App.AcceptAsync(body)).LeadId;
        return await rig.App.WaitForRunAsync(lead, run => run.GetProperty("deliveries").EnumerateArray().All(delivery => delivery.GetProperty("status").GetString() is "delivered" or "dead_letter"));
    }

    private static JsonElement Of(JsonElement run, string destination) =>
        run.GetProperty("deliveries").EnumerateArray().Single(delivery => delivery.GetProperty("destination").GetString() == destination);
}
