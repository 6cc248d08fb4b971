using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Leads;

public sealed class LeadSourceTextTests
{
    [Theory]
    [InlineData("AzureMarketplace-INS|contoso.widgets-pro", "AzureMarketplace", "INS", "contoso.widgets-pro")]
    [InlineData("SPZA-PLT|contoso.widgets", "SPZA", "PLT", "contoso.widgets")]
    [InlineData("AzurePortal-SomethingNew|contoso.widgets", "AzurePortal", "SomethingNew", "contoso.widgets")]
    [InlineData("North-West-INS|contoso.widgets", "North-West", "INS", "contoso.widgets")]
    [InlineData(" SPZA - DNC | contoso.widgets ", "SPZA", "DNC", "contoso.widgets")]
    public void The_long_form_gives_storefront_action_and_offer(string text, string storefront, string action, string offer) =>
        Assert.Equal(new LeadSourceText(storefront, action, offer), LeadSourceText.Parse(text));

    [Theory]
    [InlineData("AzureMarketplace")]
    [InlineData("Contoso-Website")]
    [InlineData("Campaign-2026")]
    public void A_bare_source_is_all_storefront(string text) =>
        Assert.Equal(new LeadSourceText(text, null, null), LeadSourceText.Parse(text));

    [Theory]
    [InlineData("SPZA-PLT", "PLT")]
    [InlineData("SPZA-dnc", "dnc")]
    [InlineData("SPZA-StartTestDrive", "StartTestDrive")]
    public void Without_the_bar_a_documented_action_is_still_found(string text, string action) =>
        Assert.Equal(new LeadSourceText("SPZA", action, null), LeadSourceText.Parse(text));

    [Theory]
    [InlineData("AzureMarketplace|contoso.widgets", "AzureMarketplace", null, "contoso.widgets")]
    [InlineData("-INS|contoso.widgets", null, "INS", "contoso.widgets")]
    [InlineData("SPZA-|contoso.widgets", "SPZA", null, "contoso.widgets")]
    [InlineData("SPZA-INS|", "SPZA", "INS", null)]
    [InlineData("SPZA-INS|a|b", "SPZA", "INS", "a|b")]
    [InlineData("|", null, null, null)]
    [InlineData("-|", null, null, null)]
    public void A_missing_part_is_absent_and_spoils_no_other(string text, string? storefront, string? action, string? offer) =>
        Assert.Equal(new LeadSourceText(storefront, action, offer), LeadSourceText.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void No_text_has_no_parts(string? text) => Assert.Equal(default, LeadSourceText.Parse(text));

    [Fact]
    public void Any_text_can_be_parsed_and_no_part_is_blank() =>
        Prop.ForAll<string?>(text =>
        {
            var parts = LeadSourceText.Parse(text);
            return new[] { parts.Storefront, parts.Action, parts.OfferId }.All(part => part is null || !string.IsNullOrWhiteSpace(part));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_parts_of_a_composed_source_come_back() =>
        Prop.ForAll(Part, Part, Part, (storefront, action, offer) =>
            LeadSourceText.Parse($"{storefront}-{action}|{offer}") == new LeadSourceText(storefront, action, offer)).QuickCheckThrowOnFailure();

    private static Arbitrary<string> Part =>
        Gen.Elements("abcXYZ019.é".ToCharArray()).NonEmptyListOf().Select(string.Concat).ToArbitrary();
}
