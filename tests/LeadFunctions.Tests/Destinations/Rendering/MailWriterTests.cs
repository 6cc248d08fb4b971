using System.Net;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class MailWriterTests
{
    [Fact]
    public void The_default_mail_tells_every_field()
    {
        var lead = Posted.Lead(Samples.Documented);

        var mail = Written.Mail(lead);

        Assert.Equal("New lead: Test Microsoft - AzureMarketplace (INS)", mail.Subject);
        Assert.Equal(
            $"""
            FirstName: Some
            LastName: One
            Email: someone@contoso.com
            Phone: 16175555555
            Company: Contoso
            Title: Esquire
            Country: USA
            OfferTitle: Test Microsoft
            ActionCode: INS
            LeadSource: AzureMarketplace
            Description: Test run through Power Automate

            Received: 2026-11-21T09:00:00Z
            Lead id: {lead.Id}
            """,
            mail.Text.ReplaceLineEndings("\n").Trim());
        Assert.All(["Some", "One", "someone@contoso.com", "Test run through Power Automate", lead.Id.ToString()], value => Assert.Contains(value, mail.Html, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples.Leads), MemberType = typeof(Samples))]
    public void Every_sample_makes_a_mail_that_SendGrid_takes(string sample)
    {
        var mail = Written.Mail(Posted.Lead(Samples.Read(sample)));

        Assert.DoesNotContain("()", mail.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", mail.Text + mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subject_is_one_line_of_bounded_length()
    {
        var mail = Written.Mail(Posted.Lead(("OfferTitle", "Offer\r\nBcc: thief@example.org\u202e" + new string('x', 400))));

        Assert.StartsWith("New lead: Offer Bcc: thief@example.orgxxx", mail.Subject, StringComparison.Ordinal);
        Assert.Equal(250, mail.Subject.Length);
    }

    [Fact]
    public void A_test_lead_is_marked_in_the_subject()
    {
        Assert.StartsWith("[TEST] New lead: Contoso Test", Written.Mail(Posted.Lead(Samples.Read("lead-test.json"))).Subject, StringComparison.Ordinal);
        Assert.StartsWith("[TEST] mine", Written.Mail(Posted.Lead(Samples.Read("lead-test.json")), ("Subject", "mine")).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_do_not_contact_mail_says_so_first_and_offers_no_reply()
    {
        var mail = Written.Mail(Posted.Lead(Samples.Read("lead-do-not-contact.json")), ("Text", "mine"), ("Html", "<i>mine</i>"));

        Assert.StartsWith(MailWriter.DoNotContactNotice + "\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlDecode(MailWriter.DoNotContactNotice), mail.Html.Split('\n')[0], StringComparison.Ordinal);
        Assert.Null(mail.ReplyTo);
    }

    [Fact]
    public void Names_and_values_are_encoded_for_HTML()
    {
        var mail = Written.Mail(Posted.Lead("""{"UserDetails":{"FirstName":"<script>alert(1)</script>","Company":"A & B \"C\" 'D'"},"<img src=x>":"</td></table>"}"""));

        Assert.DoesNotContain("<script", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("</td></table>", mail.Html, StringComparison.Ordinal);
        Assert.Contains("<script>alert(1)</script>", WebUtility.HtmlDecode(mail.Html), StringComparison.Ordinal);
        Assert.Contains("A & B \"C\" 'D'", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_never_a_template()
    {
        var mail = Written.Mail(Posted.Lead(("OfferTitle", "{{UserDetails.Email}}"), ("Description", "{{{Lead.Id}}}"), ("UserDetails.Email", "someone@example.com")));

        Assert.Equal("New lead: {{UserDetails.Email}}", mail.Subject);
        Assert.Contains("Description: {{{Lead.Id}}}", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_that_give_nothing_still_make_a_mail()
    {
        var mail = Written.Mail(Posted.Lead(("LeadSource", "AzureMarketplace")), ("Subject", "{{Description}}"), ("Text", "{{Description}}"), ("Html", "{{Description}} "));

        Assert.Equal(("New lead", "(no text)", "(no text)"), (mail.Subject, mail.Text, mail.Html));
    }

    [Fact]
    public void Any_lead_makes_a_mail_that_SendGrid_takes()
    {
        FreeText.HoldsForLeads(properties =>
        {
            var mail = Written.Mail(Posted.Lead(properties));

            Assert.DoesNotContain(mail.Subject, letter => char.IsControl(letter));
            Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
        });
    }
}
