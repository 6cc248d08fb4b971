using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

public sealed class DataverseCheckTests : IAsyncLifetime
{
    private DataverseRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await DataverseRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Everything_that_a_create_needs_is_asked_and_nothing_written()
    {
        var results = await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token);

        Assert.All(results, result => Assert.True(result.Passed, $"{result}"));
        Assert.Equal(["sign-in", "WhoAmI", "table leads", "privilege prvCreateLead", "privilege prvWriteLead", "13 columns of leads"], results.Select(result => result.What));
        Assert.Empty(_rig.Crm.Rows);
        Assert.All(_rig.Crm.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public async Task A_wrong_secret_is_told_in_Entras_words_and_nothing_else_is_asked()
    {
        var result = Assert.Single(await _rig.Destination(secret: "a-secret-that-is-wrong").CheckAsync([SampleLeads.Marketplace], Token));

        Assert.False(result.Passed);
        Assert.Contains("AADSTS7000215", result.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-that-is-wrong", result.Advice, StringComparison.Ordinal);
        Assert.Empty(_rig.Crm.Requests);
    }

    [Fact]
    public async Task An_app_that_is_no_user_of_the_environment_is_told_to_become_one()
    {
        _rig.Crm.Always = DataverseFaults.NoApplicationUser();

        var results = await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token);

        Assert.Equal(["sign-in", "WhoAmI"], results.Select(result => result.What));
        Assert.Contains("application user", Failed(results).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_no_environment_is_said_so()
    {
        _rig.Crm.Always = Fault.Status(200, "<html>", "text/html");

        Assert.Contains("Url", Failed(await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token)).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_create_privilege_the_check_fails()
    {
        _rig.Crm.Privileges.Remove("prvCreateLead");

        var failed = Failed(await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token));

        Assert.Equal("privilege prvCreateLead", failed.What);
        Assert.Contains("Create on lead", failed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_write_privilege_the_check_passes_and_says_who_needs_it()
    {
        _rig.Crm.Privileges.Remove("prvWriteLead");

        var write = Assert.Single(await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token), result => result.What == "privilege prvWriteLead");

        Assert.True(write.Passed);
        Assert.Contains("appointments", write.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_only_create_leads_passes_and_hears_what_was_not_asked()
    {
        _rig.Crm.Privileges.Remove("prvReadEntity");

        var results = await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token);

        Assert.All(results, result => Assert.True(result.Passed, $"{result}"));
        Assert.Contains(results, result => result.Advice?.Contains("Not asked", StringComparison.Ordinal) == true);
        Assert.Contains(results, result => result.What == "privilege prvCreateLead");
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_named() =>
        Assert.Equal("table prospects", Failed(await CheckAsync("prospects")).What);

    [Fact]
    public async Task A_column_that_is_not_there_is_named() =>
        Assert.Equal("column new_campaign", Failed(await CheckAsync("leads", ("Columns:new_campaign", "{{LeadSource}}"))).What);

    [Fact]
    public async Task A_column_that_cannot_be_written_is_named()
    {
        _rig.Crm.MakeReadOnly("jobtitle");

        Assert.Equal("column jobtitle", Failed(await CheckAsync("leads")).What);
    }

    [Fact]
    public async Task A_column_of_another_type_is_told_the_setting()
    {
        _rig.Crm.AddColumn("new_seats", "integer");

        Assert.Contains("Types:new_seats to Integer", Failed(await CheckAsync("leads", ("Columns:new_seats", "5"))).Advice, StringComparison.Ordinal);
        Assert.All(await CheckAsync("leads", ("Columns:new_seats", "5"), ("Types:new_seats", "Integer")), result => Assert.True(result.Passed, $"{result}"));
    }

    [Fact]
    public async Task A_column_that_is_shorter_there_is_told_the_setting()
    {
        _rig.Crm.SetMaxLength("subject", 100);

        Assert.Contains("MaxLengths:subject to 100", Failed(await CheckAsync("leads")).Advice, StringComparison.Ordinal);
        Assert.All(await CheckAsync("leads", ("MaxLengths:subject", "100")), result => Assert.True(result.Passed, $"{result}"));
    }

    [Fact]
    public async Task A_choice_that_is_none_there_is_told_the_choices()
    {
        _rig.Crm.SetOptions("leadsourcecode", 1, 2, 100);

        Assert.Contains("1, 2, 100", Failed(await CheckAsync("leads")).Advice, StringComparison.Ordinal);
    }

    /// <summary>What is delivered passes the check, and what the check finds wrong is refused.</summary>
    [Theory]
    [InlineData(true, "Columns:estimatedclosedate", "{{cut Lead.ReceivedAt 10}}")]
    [InlineData(true, "Columns:estimatedclosedate", "{{Lead.ReceivedAt}}")]
    [InlineData(false, "Columns:estimatedclosedate", "{{Lead.ReceivedAt}}", "Types:estimatedclosedate", "DateTime")]
    [InlineData(true, "Columns:new_day", "2026-12-01T23:30:00-08:00", "Types:new_day", "Date")]
    [InlineData(true, "Columns:new_day", "2026-12-01")]
    [InlineData(false, "Columns:new_day", "2026-12-01T09:00:00Z")]
    [InlineData(true, "Columns:lastonholdtime", "2026-12-01T09:00:00+01:00")]
    [InlineData(false, "Columns:lastonholdtime", "2026-12-01", "Types:lastonholdtime", "Date")]
    [InlineData(true, "Columns:new_time", "2026-12-01T09:00:00Z")]
    [InlineData(true, "Columns:campaignid@odata.bind", "/campaigns(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(true, "Columns:campaignid@odata.bind", "campaigns(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(false, "Columns:campaignid@odata.bind", "/accounts(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(false, "Columns:campaignid", "00000000-0000-0000-0000-0000000000aa")]
    [InlineData(true, "Columns:new_Product@odata.bind", "/products(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(false, "Columns:new_product@odata.bind", "/products(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(false, "Columns:nothing@odata.bind", "/products(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(false, "Columns:subject@odata.bind", "/products(00000000-0000-0000-0000-0000000000aa)")]
    [InlineData(true, "Columns:new_interests", "1,3")]
    [InlineData(true, "Columns:new_interests", "1; 3", "Types:new_interests", "Choices")]
    [InlineData(false, "Columns:new_interests", "1,9")]
    [InlineData(false, "Columns:new_interests", "1,9", "Types:new_interests", "Choices")]
    [InlineData(true, "Columns:numberofemployees", "1000")]
    [InlineData(false, "Columns:numberofemployees", "1001")]
    public async Task The_check_and_the_delivery_agree(bool isTaken, params string[] settings)
    {
        _rig.Crm.AddColumn("new_day", "date");
        _rig.Crm.AddColumn("new_time", "datetime");
        _rig.Crm.AddColumn("new_interests", "choices", options: [1, 2, 3]);
        _rig.Crm.AddLookup("new_product", "new_Product", "product", "products");
        _rig.Crm.SetRange("numberofemployees", 0, 1000);
        var row = settings.Chunk(2).Select(setting => (setting[0], setting[1])).ToArray();

        var results = await CheckAsync("leads", row);
        var outcome = await _rig.Destination(row: CrmRow.Options(row)).SendAsync(Posted.Lead(Samples.Documented), Token);

        Assert.True(results.All(result => result.Passed) == isTaken, string.Join("; ", results));
        Assert.True(outcome is DeliveryOutcome.Delivered == isTaken, outcome.Fault);
    }

    [Fact]
    public async Task A_lookup_is_told_how_it_is_written()
    {
        _rig.Crm.AddLookup("new_product", "new_Product", "product", "products");
        const string Value = "/products(00000000-0000-0000-0000-0000000000aa)";

        Assert.Contains("new_Product@odata.bind", Failed(await CheckAsync("leads", ("Columns:new_product@odata.bind", Value))).Advice, StringComparison.Ordinal);
        Assert.Contains("Columns:campaignid@odata.bind", Failed(await CheckAsync("leads", ("Columns:campaignid", "x"))).Advice, StringComparison.Ordinal);
        Assert.Contains("/campaigns(id)", Failed(await CheckAsync("leads", ("Columns:campaignid@odata.bind", Value))).Advice, StringComparison.Ordinal);
        Assert.Contains("Types:estimatedclosedate to Date", Failed(await CheckAsync("leads", ("Columns:estimatedclosedate", "2026-12-01"), ("Types:estimatedclosedate", "DateTime"))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_later_events_can_not_change_is_named_for_appointments_alone()
    {
        _rig.Crm.MakeUnchangeable("leadsourcecode");
        var destination = _rig.Destination();
        var appointments = SampleLeads.Of(new DestinationRoute("crm", [Sources.Bookings], [], new Dictionary<string, IReadOnlyList<string>>()));

        Assert.All(await destination.CheckAsync([SampleLeads.Marketplace], Token), result => Assert.True(result.Passed, $"{result}"));
        Assert.Equal("column leadsourcecode", Failed(await _rig.Destination().CheckAsync(appointments, Token)).What);
    }

    [Fact]
    public async Task An_answer_that_never_ends_is_cut_off_and_said()
    {
        _rig.Crm.FailNext(Fault.None, Fault.HugeBody(200, 1_000_000));

        Assert.Equal("table leads", Failed(await _rig.Destination().CheckAsync([SampleLeads.Marketplace], Token)).What);
    }

    private static CheckResult Failed(IReadOnlyList<CheckResult> results) => Assert.Single(results, result => !result.Passed);

    private Task<IReadOnlyList<CheckResult>> CheckAsync(string table, params (string Key, string Value)[] settings) =>
        _rig.Destination(table: table, row: CrmRow.Options(settings)).CheckAsync([SampleLeads.Marketplace], Token);
}
