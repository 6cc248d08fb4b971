using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class RowColumnsTests
{
    [Fact]
    public void A_template_overrides_adds_or_removes_a_column()
    {
        var row = CrmRow.Of(
            Posted.Lead(Samples.Documented),
            CrmRow.Options(("Columns:subject", "{{UserDetails.Company}}: {{OfferTitle}}"), ("Columns:Address1_City", "{{Lead.Storefront}}"), ("Columns:leadsourcecode", "")));

        Assert.Equal("Contoso: Test Microsoft", row.Text("subject"));
        Assert.False(row.ContainsKey("leadsourcecode"));
        Assert.Equal("AzureMarketplace", row.Text("address1_city"));
    }

    [Fact]
    public void Columns_have_the_types_of_the_table()
    {
        var row = CrmRow.Of(
            Posted.Lead(Samples.Documented),
            CrmRow.Options(
                ("Columns:leadsourcecode", "10"),
                ("Columns:numberofemployees", " 500 "),
                ("Columns:budgetamount", "1234.50"),
                ("Columns:donotfax", "true"),
                ("Columns:estimatedclosedate", "{{Lead.ReceivedAt}}"),
                ("Columns:lastonholdtime", "{{Lead.ReceivedAt}}"),
                ("Columns:processid", "{{Lead.Id}}"),
                ("Columns:address1_latitude", "1.5e1")));

        Assert.Equal((10, 500, 1234.5m, true), (row["leadsourcecode"]!.GetValue<int>(), row["numberofemployees"]!.GetValue<int>(), row["budgetamount"]!.GetValue<decimal>(), row["donotfax"]!.GetValue<bool>()));
        Assert.Equal(("2026-11-21", "2026-11-21T09:00:00Z"), (row.Text("estimatedclosedate"), row.Text("lastonholdtime")));
        Assert.Equal(15, row["address1_latitude"]!.GetValue<double>());
    }

    [Fact]
    public void The_publishers_own_columns_have_the_types_and_lengths_that_are_configured()
    {
        var table = new DataverseTable();
        table.Set(new DataverseColumn("new_offer", "string", 5));
        table.Set(new DataverseColumn("new_score", "integer"));

        var row = CrmRow.Of(
            Posted.Lead(Samples.Documented),
            CrmRow.Options(("Columns:new_offer", "{{OfferTitle}}"), ("MaxLengths:new_offer", "5"), ("Columns:new_score", "7"), ("Types:new_score", "Integer")),
            table);

        Assert.Equal("Test", row.Text("new_offer"));
        Assert.Equal(7, row["new_score"]!.GetValue<int>());
        Assert.Contains("new_offer: Test Microsoft", row.Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_the_environment_shortened_is_cut_to_its_length()
    {
        var table = new DataverseTable();
        table.Change("description", column => column with { MaxLength = 60 });
        table.Change("lastname", column => column with { MaxLength = 2 });

        var row = CrmRow.Of(Posted.Lead(Samples.Documented), CrmRow.Options(("MaxLengths:description", "60"), ("MaxLengths:lastname", "2")), table);

        Assert.Equal("On", row.Text("lastname"));
        Assert.InRange(row.Text("description")!.Length, 1, 60);
    }

    [Fact]
    public void A_text_that_is_none_of_the_columns_type_is_a_fault_that_names_the_column()
    {
        var result = new RowWriter(CrmRow.Options(("Columns:leadsourcecode", "{{UserDetails.Country}}"))).Write(Posted.Lead(Samples.Documented));

        Assert.Null(result.Row);
        Assert.Contains("Columns:leadsourcecode", result.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_column_without_a_value_is_left_out()
    {
        var row = CrmRow.Of(Posted.Lead(Samples.Documented), CrmRow.Options(("Columns:numberofemployees", "{{Employees}}")));

        Assert.False(row.ContainsKey("numberofemployees"));
    }

    [Fact]
    public void A_description_of_the_publishers_own_gets_only_what_was_cut_elsewhere()
    {
        var options = CrmRow.Options(("Columns:description", "{{Description}} / {{Lead.Action}}"), ("MaxLengths:companyname", "3"));

        var row = CrmRow.Of(Posted.Lead(Samples.Documented), options);

        Assert.Equal("Test run through Power Automate / INS\n\ncompanyname: Contoso", row.Text("description"));
    }

    [Fact]
    public void A_subject_template_that_gives_nothing_falls_back_to_the_default()
    {
        var row = CrmRow.Of(Posted.Lead(Samples.Documented), CrmRow.Options(("Columns:subject", "{{Nothing}}"), ("Columns:lastname", "{{Nothing}}")));

        Assert.Equal(("Test Microsoft (INS)", "One"), (row.Text("subject"), row.Text("lastname")));
    }

    [Theory]
    [InlineData("Columns:subject", "{{#if OfferTitle}}", "Columns:subject")]
    [InlineData("Columns:subject", "{{nosuchhelper OfferTitle 1}}", "Columns:subject")]
    [InlineData("Columns:leadid", "{{OfferTitle}}", "Columns:leadid")]
    [InlineData("Columns:LeadId", "", "Columns:LeadId")]
    [InlineData("Types:new_score", "Number", "Types:new_score")]
    [InlineData("MaxLengths:subject", "0", "MaxLengths:subject")]
    public void A_setting_that_cannot_work_is_a_fault_at_start(string key, string value, string named)
    {
        var reader = SettingsOf.Reader(($"crm:{key}", value));

        RowOptions.Read(reader, "crm");

        Assert.Equal($"crm:{named}", Assert.Single(reader.Faults).Key);
    }
}
