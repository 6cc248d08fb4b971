using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Templates;
using LeadFunctions.Tests.Destinations.Rows;
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
