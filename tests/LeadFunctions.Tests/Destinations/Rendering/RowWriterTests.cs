using System.Text.Json.Nodes;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class RowWriterTests
{
    [Fact]
    public void The_documented_sample_fills_every_default_column()
    {
        var lead = Posted.Lead(Samples.Documented);

        var row = CrmRow.Of(lead);

        var expected = JsonNode.Parse(
            """
            {"leadid":"","subject":"Test Microsoft (INS)","firstname":"Some","lastname":"One","emailaddress1":"someone@contoso.com","telephone1":"16175555555",
            "companyname":"Contoso","jobtitle":"Esquire","address1_country":"USA","leadsourcecode":8,
            "description":"Test run through Power Automate\n\nLead source: AzureMarketplace\nAction code: INS"}
            """)!;
        expected["leadid"] = lead.Id.ToString();
        Assert.True(JsonNode.DeepEquals(expected, row), row.ToJsonString());
    }

    [Fact]
    public void Names_in_camel_case_and_nulls_make_the_same_row()
    {
        var lead = Posted.Lead(
            """
            {"userDetails":{"firstName":"Some","lastName":"One","email":"someone@contoso.com","phone":"16175555555","country":"USA","company":"Contoso","title":"Esquire","fax":null},
            "leadSource":"AzureMarketplace","actionCode":"INS","offerTitle":"Test Microsoft","description":"Test run through Power Automate","other":null}
            """);

        var (row, documented) = (CrmRow.Of(lead), CrmRow.Of(Posted.Lead(Samples.Documented)));

        row.Remove("leadid");
        documented.Remove("leadid");
        Assert.True(JsonNode.DeepEquals(documented, row), row.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Samples.Leads), MemberType = typeof(Samples))]
    public void Every_sample_makes_a_row_that_Dataverse_takes(string sample)
    {
        var row = CrmRow.Of(Posted.Lead(Samples.Read(sample)));

        Assert.False(string.IsNullOrWhiteSpace(row.Text("subject")));
        Assert.False(string.IsNullOrWhiteSpace(row.Text("lastname")));
    }

    [Fact]
    public void Properties_that_nobody_documents_are_facts_in_the_description()
    {
        var row = CrmRow.Of(Posted.Lead("""{"Description":"Text","productId":"p-1","more":{"a":[1,true]},"UserDetails":{"Fax":"123"}}"""));

        Assert.Equal("Text\n\nFax: 123\nmore.a: [1,true]\nproductId: p-1", row.Text("description"));
    }

    [Fact]
    public void The_long_form_of_the_lead_source_names_action_and_offer()
    {
        var row = CrmRow.Of(Posted.Lead("""{"LeadSource":"SPZA-PLT|contoso.widgets"}"""));

        Assert.Equal("contoso.widgets (PLT)", row.Text("subject"));
        Assert.Equal("Lead source: SPZA-PLT|contoso.widgets\nAction code: PLT\nOffer: contoso.widgets", row.Text("description"));
    }

    [Fact]
    public void A_test_lead_is_marked_in_its_subject()
    {
        Assert.Equal("[TEST] Contoso Test (INS)", CrmRow.Of(Posted.Lead(Samples.Read("lead-test.json"))).Text("subject"));
    }

    [Fact]
    public void A_do_not_contact_lead_is_closed_to_mail_phone_and_bulk_mail()
    {
        var row = CrmRow.Of(Posted.Lead(Samples.Read("lead-do-not-contact.json")));

        Assert.All(["donotemail", "donotphone", "donotbulkemail"], column => Assert.True(row[column]!.GetValue<bool>()));
    }

    [Fact]
    public void Other_leads_say_nothing_about_contact()
    {
        Assert.DoesNotContain(CrmRow.Of(Posted.Lead(Samples.Documented)), column => column.Key.StartsWith("donot", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Last", "local@example.com", "Company", "Last")]
    [InlineData(null, "local@example.com", "Company", "local")]
    [InlineData(null, "@example.com", "Company", "Company")]
    [InlineData(null, null, "Company", "Company")]
    [InlineData(null, null, null, "(unknown)")]
    [InlineData("\u200b", "local@example.com", null, "local")]
    [InlineData("\u0001", "\u202e@example.com", "\u0002\u200b", "(unknown)")]
    public void The_last_name_falls_back_to_what_identifies_the_person(string? lastName, string? email, string? company, string expected)
    {
        var row = CrmRow.Of(Posted.Lead(("OfferTitle", "Offer"), ("UserDetails.LastName", lastName), ("UserDetails.Email", email), ("UserDetails.Company", company)));

        Assert.Equal(expected, row.Text("lastname"));
    }

    [Theory]
    [InlineData("Offer", "INS", null, "Offer (INS)")]
    [InlineData("Offer", null, null, "Offer")]
    [InlineData(null, null, "AzureMarketplace", "AzureMarketplace")]
    [InlineData(null, null, null, "Marketplace lead")]
    [InlineData("\u200b", null, null, "Marketplace lead")]
    [InlineData("\u0001", null, "\u202e", "Marketplace lead")]
    [InlineData("Offer", "\u200b", null, "Offer")]
    public void A_subject_is_never_blank_and_has_no_empty_parentheses(string? offer, string? action, string? source, string expected)
    {
        var row = CrmRow.Of(Posted.Lead(("OfferTitle", offer), ("ActionCode", action), ("LeadSource", source), ("UserDetails.LastName", "One")));

        Assert.Equal(expected, row.Text("subject"));
    }

    [Fact]
    public void A_value_is_never_a_template()
    {
        var row = CrmRow.Of(Posted.Lead(("OfferTitle", "{{UserDetails.Email}}"), ("Description", "{{#each Lead.Fields}}{{{Value}}}{{/each}}"), ("UserDetails.Email", "someone@example.com")));

        Assert.Equal("{{UserDetails.Email}}", row.Text("subject"));
        Assert.StartsWith("{{#each Lead.Fields}}{{{Value}}}{{/each}}", row.Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_lead_makes_a_row_that_Dataverse_takes()
    {
        FreeText.HoldsForLeads(properties =>
        {
            var row = CrmRow.Of(Posted.Lead(properties));

            Assert.False(string.IsNullOrWhiteSpace(row.Text("subject")));
            Assert.False(string.IsNullOrWhiteSpace(row.Text("lastname")));
        });
    }
}
