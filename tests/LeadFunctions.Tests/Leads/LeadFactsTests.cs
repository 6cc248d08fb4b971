using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Leads;

public sealed class LeadFactsTests
{
    [Fact]
    public void The_action_is_the_action_code() =>
        Assert.Equal("Create", Of("""{"ActionCode":"Create","LeadSource":"SPZA-INS|contoso.widgets"}""").Action);

    [Fact]
    public void They_follow_from_the_content_that_a_lead_has_now()
    {
        var lead = TestLead.Of("""{"ActionCode":"INS"}""");
        Assert.Equal("INS", lead.Facts.Action);

        Assert.Equal("PLT", (lead with { Content = TestLead.Content("""{"ActionCode":"PLT"}""") }).Facts.Action);
    }

    [Fact]
    public void Without_an_action_code_the_action_is_the_one_inside_the_source() =>
        Assert.Equal("PLT", Of("""{"LeadSource":"SPZA-PLT|contoso.widgets"}""").Action);

    [Theory]
    [InlineData("""{"ActionCode":"DNC","LeadSource":"SPZA-INS|contoso.widgets"}""")]
    [InlineData("""{"ActionCode":"INS","LeadSource":"SPZA-DNC|contoso.widgets"}""")]
    [InlineData("""{"ActionCode":" dnc "}""")]
    [InlineData("""{"LeadSource":"SPZA-DNC"}""")]
    public void Do_not_contact_may_be_said_by_either(string json) => Assert.True(Of(json).DoNotContact);

    [Theory]
    [InlineData("""{"ActionCode":"INS"}""")]
    [InlineData("""{"Description":"DNC"}""")]
    [InlineData("""{"LeadSource":"SPZA-INS|contoso.dnc"}""")]
    public void Everybody_else_may_be_contacted(string json) => Assert.False(Of(json).DoNotContact);

    [Theory]
    [InlineData("""{"UserDetails":{"Email":"MSFT_TEST_1@test.com"}}""")]
    [InlineData("""{"OfferTitle":" MSFT_TEST_1"}""")]
    [InlineData("""{"extra":{"deep":[1,{"er":"MSFT_TEST_1"}]}}""")]
    public void A_value_of_microsofts_own_test_marks_the_lead_wherever_it_stands(string json) => Assert.True(Of(json).IsTest);

    [Theory]
    [InlineData("""{"Description":"about MSFT_TEST_1"}""")]
    [InlineData("""{"MSFT_TEST_1":"a name"}""")]
    [InlineData("""{"Description":"msft_test_1","extra":[true,null,5]}""")]
    public void Other_leads_are_no_tests(string json) => Assert.False(Of(json).IsTest);

    [Fact]
    public void A_number_where_a_source_is_expected_says_nothing() =>
        Assert.Equal(new LeadFacts(null, null, null, false, false), Of("""{"LeadSource":5,"ActionCode":["INS"]}"""));

    [Theory]
    [InlineData("lead.json", "AzureMarketplace", "INS", null, false, false)]
    [InlineData("lead-contact-me.json", "SPZA", "PLT", "contoso.widgets-pro", false, false)]
    [InlineData("lead-do-not-contact.json", "AzureMarketplace", "DNC", "contoso.widgets-pro", false, true)]
    [InlineData("lead-education.json", "AzurePortal", "Create", "contoso.notebooks", false, false)]
    [InlineData("lead-test.json", "AzureMarketplace", "INS", null, true, false)]
    public void The_samples_mean_what_their_names_say(string file, string storefront, string action, string? offer, bool test, bool doNotContact) =>
        Assert.Equal(new LeadFacts(storefront, action, offer, test, doNotContact), Of(Samples.Read(file)));

    private static LeadFacts Of(string json) => LeadFacts.Of(TestLead.Content(json));
}
