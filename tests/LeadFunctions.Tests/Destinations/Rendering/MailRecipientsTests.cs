using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class MailRecipientsTests
{
    [Fact]
    public void A_reply_goes_to_the_lead()
    {
        Assert.Equal(new MailAddressText("someone@contoso.com", "Some One"), Written.Mail(Posted.Lead(Samples.Documented)).ReplyTo);
        Assert.Null(Written.Mail(Posted.Lead(Samples.Documented), ("ReplyToLead", "false")).ReplyTo);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("someone")]
    [InlineData("someone@localhost")]
    [InlineData("some one@example.com")]
    [InlineData("someone@example.com, other@example.com")]
    [InlineData("someone@example.com\r\nBcc: thief@example.org")]
    [InlineData("zoë@example.com")]
    [InlineData("\"quoted\"@example.com")]
    [InlineData("a.local.part.of.more.than.sixty-four.characters.that.no.mail.system.takes@example.com")]
    public void An_absent_or_invalid_e_mail_means_no_reply_and_never_a_refused_mail(string? email)
    {
        Assert.Null(Written.Mail(Posted.Lead(("UserDetails.Email", email), ("OfferTitle", "Offer"))).ReplyTo);
    }

    [Theory]
    [InlineData("Doe; John", "Smith, Jr.", "Doe John Smith Jr.")]
    [InlineData("<b>\"Bobby\"", "\\Tables", "b Bobby Tables")]
    [InlineData("boss@fabrikam.example", "x", null)]
    [InlineData("a\r\nBcc:", "x", "a Bcc: x")]
    public void A_reply_name_cannot_pose_as_an_address_or_end_its_header(string first, string last, string? expected)
    {
        var mail = Written.Mail(Posted.Lead(("UserDetails.FirstName", first), ("UserDetails.LastName", last), ("UserDetails.Email", "someone@example.com")));

        Assert.Equal(expected, mail.ReplyTo?.Name);
    }

    [Fact]
    public void Every_address_is_there_once_over_To_Cc_and_Bcc()
    {
        var mail = Written.Mail(
            Posted.Lead(Samples.Documented),
            ("To:0", "One <one@example.com>"),
            ("To:1", "ONE@example.com"),
            ("To", ""),
            ("Cc", "one@example.com; two@example.com"),
            ("Bcc", "Two@Example.com, three@example.com"));

        Assert.Equal(("one@example.com", "two@example.com", "three@example.com"), (Assert.Single(mail.To).Address, Assert.Single(mail.Cc).Address, Assert.Single(mail.Bcc).Address));
    }

    [Fact]
    public void Recipients_may_be_templates()
    {
        var mail = Written.Mail(
            Posted.Lead(Samples.Documented),
            ("To", "{{#if UserDetails.Country}}{{UserDetails.Country}}@fabrikam.example{{/if}}"),
            ("Cc", "{{#if Lead.OfferId}}offers@fabrikam.example{{/if}}"));

        Assert.Equal("USA@fabrikam.example", Assert.Single(mail.To).Address);
        Assert.Empty(mail.Cc);
    }

    [Theory]
    [InlineData("To", "{{Nothing}}", "To gave no address for this lead: {{Nothing}} gave nothing.")]
    [InlineData("To", "{{UserDetails.FirstName}}(at)example.com", "To: {{UserDetails.FirstName}}(at)example.com gave “Some(at)example.com”, which is not a mail address.")]
    [InlineData("Cc", "{{UserDetails.LastName}}", "Cc: {{UserDetails.LastName}} gave “One”, which is not a mail address.")]
    [InlineData("Bcc", "{{UserDetails.Email}}{{UserDetails.Email}}", "Bcc: {{UserDetails.Email}}{{UserDetails.Email}} gave “someone@contoso.comsomeone@contoso.com”, which is not a mail address.")]
    public void A_template_that_gives_no_recipient_is_told_with_what_it_gave(string key, string template, string fault)
    {
        var result = Written.Result(Posted.Lead(Samples.Documented), (key, template));

        Assert.Null(result.Mail);
        Assert.Equal(fault, result.Fault);
    }

    [Fact]
    public void Of_a_long_text_that_is_no_address_the_beginning_is_told_on_one_line()
    {
        var fault = Written.Result(Posted.Lead(("UserDetails.Email", $"a\r\nb{new string('x', 60_000)}")), ("To", "{{UserDetails.Email}}")).Fault!;

        Assert.StartsWith("To: {{UserDetails.Email}} gave “a bx", fault, StringComparison.Ordinal);
        Assert.InRange(fault.Length, 100, 200);
    }

    [Theory]
    [InlineData("To", "nobody", "mail:To")]
    [InlineData("Cc", "{{#if OfferTitle}}", "mail:Cc")]
    [InlineData("From", "nobody", "mail:From")]
    [InlineData("From", "zoë@example.com", "mail:From")]
    [InlineData("FromName", "Zoë of Fabrikam", "mail:FromName")]
    [InlineData("From", "Zoë <leads@example.com>", "mail:From")]
    [InlineData("Subject", "{{/if}}", "mail:Subject")]
    [InlineData("Html", "{{nosuchhelper 1 2}}", "mail:Html")]
    public void A_setting_that_cannot_work_is_a_fault_at_start(string key, string value, string named)
    {
        var settings = new Dictionary<string, string> { ["mail:From"] = "leads@example.com", ["mail:To"] = "sales@example.com", [$"mail:{key}"] = value };
        var reader = SettingsOf.Reader(settings.Select(setting => (setting.Key, setting.Value)));

        MailOptions.Read(reader, "mail", placeholder: null);

        Assert.Equal(named, Assert.Single(reader.Faults).Key);
    }
}
