using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Commands;

public sealed class CheckTests : IAsyncLifetime
{
    private const string Key = "SG.a-key-that-may-send";

    private readonly TemporaryFolder _folder = new();
    private FakeDataverse _crm = null!;
    private FakeSendGrid _sendGrid = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await FakeDataverse.StartAsync();
        _sendGrid = await FakeSendGrid.StartAsync(Key, keyWithoutMailSend: "SG.another-key");
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _sendGrid.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_destination_is_asked_and_the_exit_code_is_0_when_all_is_well()
    {
        var run = await CheckAsync(Key);

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("privilege prvCreateLead", run.Output, StringComparison.Ordinal);
        Assert.Contains("sandbox mail", run.Output, StringComparison.Ordinal);
        Assert.Contains("✓", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("✗", run.Output, StringComparison.Ordinal);
        Assert.Empty(_crm.Rows);
        Assert.Empty(_sendGrid.Mails);
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_what_to_do_and_without_the_keys()
    {
        _crm.Privileges.Remove("prvCreateLead");

        var run = await CheckAsync("SG.another-key", "--Destinations:crm:Columns:new_unknown={{OfferTitle}}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("✗   crm             privilege prvCreateLead", run.Output, StringComparison.Ordinal);
        Assert.Contains("column new_unknown", run.Output, StringComparison.Ordinal);
        Assert.Contains("Mail Send", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("SG.another-key", run.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Destinations:mail:Sources=bookings", "For an appointment that is created: ")]
    [InlineData("--Destinations:mail:Events=cancelled", "For an appointment that is cancelled: ")]
    [InlineData("--Destinations:mail:Sources=marketplace", null)]
    public async Task Templates_are_tried_with_the_leads_that_come_there(string route, string? fault)
    {
        var run = await CheckAsync(Key, route, "--Destinations:mail:To={{UserDetails.Email}}{{Appointment.Start}}", "--json");

        var json = JsonElement.Parse(run.Output);
        var templates = json.GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("of").GetString() == "mail" && check.GetProperty("what").GetString() == "templates");
        Assert.Equal(fault is null, templates.GetProperty("passed").GetBoolean());
        Assert.StartsWith(fault ?? "", templates.GetProperty("advice").GetString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_reads_it_as_JSON()
    {
        var json = JsonElement.Parse((await CheckAsync("SG.unknown", "--json")).Output);

        Assert.False(json.GetProperty("passed").GetBoolean());
        var failed = Assert.Single(json.GetProperty("checks").EnumerateArray(), check => !check.GetProperty("passed").GetBoolean());
        Assert.Equal("mail", failed.GetProperty("of").GetString());
    }

    [Fact]
    public async Task A_remote_system_that_is_away_is_said_in_words()
    {
        await _crm.DisposeAsync();

        var run = await CheckAsync(Key);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("could not be reached", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_never_answers_ends_with_the_time_of_an_attempt()
    {
        _crm.Always = Fault.Hang;

        var run = await CheckAsync(Key, "--Delivery:AttemptTimeout=00:00:01");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Delivery:AttemptTimeout", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_the_configuration_is_one_and_no_destination_is_asked()
    {
        var run = await CheckAsync(Key, "--Delivery:Concurrency=many", "--Store:Pth=x");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Delivery:Concurrency", run.Output, StringComparison.Ordinal);
        Assert.Contains("Store:Pth", run.Output, StringComparison.Ordinal);
        Assert.Empty(_crm.Requests);
    }

    [Fact]
    public async Task A_store_that_a_running_instance_uses_is_well()
    {
        await using var program = await LeadProcess.StartAsync(_folder);

        var run = await CommandRun.OfAsync(_folder, "check");

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("in use by a running LeadFunctions", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_is_not()
    {
        await File.WriteAllTextAsync(_folder.File("leads.db"), new string('x', 4096), TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync(_folder, "check", "--Store:Path=leads.db");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not a database", run.Output, StringComparison.Ordinal);
    }

    private Task<CommandRun> CheckAsync(string key, params string[] arguments) =>
        CommandRun.OfAsync(
            _folder,
            [
                ("Destinations__crm__Kind", "Dataverse"),
                ("Destinations__crm__Url", _crm.Url.ToString()),
                ("Destinations__crm__Auth", "None"),
                ("Destinations__mail__Kind", "SendGrid"),
                ("Destinations__mail__Host", _sendGrid.Url.ToString()),
                ("Destinations__mail__ApiKey", key),
                ("Destinations__mail__From", "leads@fabrikam.example"),
                ("Destinations__mail__To", "sales@fabrikam.example"),
            ],
            null,
            ["check", .. arguments]);
}
