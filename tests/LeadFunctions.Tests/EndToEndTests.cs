using System.Diagnostics;
using System.Text.Json.Nodes;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests;

public sealed class EndToEndTests
{
    private const string Key = "SG.a-key-that-may-send";

    [Fact]
    public async Task The_documented_sample_is_one_row_and_one_mail_within_two_seconds()
    {
        await using var crm = await FakeDataverse.StartAsync();
        await using var sendGrid = await FakeSendGrid.StartAsync(Key);
        await using var app = await LeadApp.StartAsync(
        [
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
            ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:Host", sendGrid.Url.ToString()), ("Destinations:mail:ApiKey", Key),
            ("Destinations:mail:From", "Leads <leads@fabrikam.example>"), ("Destinations:mail:To", "sales@fabrikam.example"),
        ]);

        var took = Stopwatch.StartNew();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(2), $"It took {took.Elapsed}.");

        var row = Assert.Single(crm.Rows).Value;
        var expected = JsonNode.Parse(
            """
            {"leadid":"","subject":"Test Microsoft (INS)","firstname":"Some","lastname":"One","emailaddress1":"someone@contoso.com","telephone1":"16175555555",
            "companyname":"Contoso","jobtitle":"Esquire","address1_country":"USA","leadsourcecode":8,
            "description":"Test run through Power Automate\n\nLead source: AzureMarketplace\nAction code: INS"}
            """)!;
        expected["leadid"] = lead.ToString();
        Assert.True(JsonNode.DeepEquals(expected, row), row.ToJsonString());
        Assert.Empty(crm.MissingRequired);

        var mail = Assert.Single(sendGrid.Mails);
        Assert.Equal(("leads@fabrikam.example", "Leads", "someone@contoso.com", "Some One"), (mail.From, mail.FromName, mail.ReplyTo, mail.ReplyToName));
        Assert.Equal(["sales@fabrikam.example"], mail.To);
        Assert.Equal("New lead: Test Microsoft - AzureMarketplace (INS)", mail.Subject);
        Assert.Equal(lead.ToString(), mail.CustomArgs["lead_id"]);
        string[] fields = ["Some", "One", "someone@contoso.com", "16175555555", "Contoso", "Esquire", "USA", "Test Microsoft", "INS", "AzureMarketplace", "Test run through Power Automate"];
        Assert.All(fields, value => Assert.Contains($": {value}", mail.Text, StringComparison.Ordinal));
        Assert.All(fields, value => Assert.Contains($">{value}<", mail.Html, StringComparison.Ordinal));
    }
}
