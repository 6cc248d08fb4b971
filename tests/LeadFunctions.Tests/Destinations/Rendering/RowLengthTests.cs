using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class RowLengthTests
{
    [Fact]
    public void A_long_description_is_cut_between_characters_and_keeps_its_facts()
    {
        var text = string.Concat(Enumerable.Repeat("Wir <b>brauchen</b> \U0001F468\u200d\U0001F469\u200d\U0001F467 & \U0001F600\n", 150));
        var row = CrmRow.Of(Posted.Lead(("Description", text[..5000]), ("LeadSource", "AzureMarketplace-INS|contoso.widgets"), ("ActionCode", "INS")));

        var description = row.Text("description")!;
        Assert.InRange(description.Length, 1900, 2000);
        Assert.EndsWith("\n\nLead source: AzureMarketplace-INS|contoso.widgets\nAction code: INS\nOffer: contoso.widgets", description, StringComparison.Ordinal);
        var kept = description[..description.IndexOf("… [cut here", StringComparison.Ordinal)];
        Assert.StartsWith(kept, text, StringComparison.Ordinal);
        Assert.True(kept[^1] is not '\u200d' && !char.IsHighSurrogate(kept[^1]));
    }

    [Fact]
    public void What_is_cut_off_a_column_is_kept_in_the_description()
    {
        var company = "Company " + new string('c', 150);
        var row = CrmRow.Of(Posted.Lead(("UserDetails.Company", company), ("Description", "Text")));

        Assert.Equal(company[..100], row.Text("companyname"));
        Assert.Contains($"companyname: {company}", row.Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_e_mail_address_is_kept_whole_or_not_at_all()
    {
        var address = new string('a', 60) + "@" + new string('b', 60) + ".example";
        var row = CrmRow.Of(Posted.Lead(("UserDetails.Email", address)));

        Assert.Null(row.Text("emailaddress1"));
        Assert.Contains($"emailaddress1: {address}", row.Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_is_never_cut_inside_a_character()
    {
        var row = CrmRow.Of(Posted.Lead(("UserDetails.FirstName", new string('x', 49) + "\U0001F600"), ("OfferTitle", "Offer")));

        Assert.Equal(new string('x', 49), row.Text("firstname"));
    }

    [Fact]
    public void Characters_that_Dataverse_cannot_store_are_left_out_of_columns_and_kept_in_the_lead()
    {
        var lead = Posted.Lead(("UserDetails.FirstName", "A\u0000\u0001B"), ("Description", "one\u001b[31m\ntwo\ufffe"));

        var row = CrmRow.Of(lead);

        Assert.Equal("AB", row.Text("firstname"));
        Assert.Equal("one[31m\ntwo", row.Text("description"));
        Assert.Equal("A\u0000\u0001B", lead.Content.Text("UserDetails", "FirstName"));
    }

    [Fact]
    public void One_line_columns_hold_one_line()
    {
        var row = CrmRow.Of(Posted.Lead(("UserDetails.Company", "A\r\nB\tC"), ("OfferTitle", "x\ny"), ("UserDetails.Phone", " 1\u202e2 ")));

        Assert.Equal(("A B C", "x y", "12"), (row.Text("companyname"), row.Text("subject"), row.Text("telephone1")));
    }
}
