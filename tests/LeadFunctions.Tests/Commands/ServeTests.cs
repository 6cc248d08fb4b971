using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Commands;

public sealed class ServeTests
{
    [Fact]
    public async Task A_newcomer_is_told_where_leads_are_taken_kept_and_sent()
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartAsync(folder);
        using var response = await program.PostAsync(Samples.Documented);
        await Eventually.TrueAsync(
            () => folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"),
            "the row and the mail are in the working folder");

        Assert.Equal(0, await program.TerminateAsync());
        Assert.Contains("/api/leads", program.Output, StringComparison.Ordinal);
        Assert.Contains("data/crm.jsonl", program.Output, StringComparison.Ordinal);
        Assert.Contains("data/mail/", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Started_as_the_readme_says_it_keeps_its_data_where_it_was_started()
    {
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartByDotnetRunAsync(folder);
        using var response = await program.PostAsync(Samples.Documented);

        await Eventually.TrueAsync(
            () => folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"),
            "the row and the mail are in the working folder");
    }

    [Fact]
    public async Task Every_fault_of_the_configuration_is_printed_and_no_value()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(
            folder,
            [
                ("Intake__Keys__0", "short-secret"),
                ("Delivery__Concurrency", "many"),
                ("Destinations__mail__Kind", "SendGrid"),
                ("Destinations__mail__ApiKye", "SG.secret"),
            ]);

        Assert.Equal(2, exitCode);
        Assert.Contains("Intake:Keys:", output, StringComparison.Ordinal);
        Assert.Contains("Delivery:Concurrency:", output, StringComparison.Ordinal);
        Assert.Contains("Destinations:mail:ApiKey:", output, StringComparison.Ordinal);
        Assert.Contains("Destinations:mail:ApiKye:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Functions__Worker__HostEndpoint", null)]
    [InlineData(null, "--Functions:Worker:HostEndpoint=http://127.0.0.1:1/")]
    public async Task No_setting_can_say_that_a_host_checks_the_keys(string? variable, string? argument)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(
            folder,
            [("Intake__Keys__0", "a-key-of-posts-0123456789"), .. variable is null ? [] : new[] { (variable, "http://127.0.0.1:1/") }],
            argument is null ? [] : [argument]);

        Assert.Equal(2, exitCode);
        Assert.Contains("Functions:Worker:HostEndpoint: is the Functions host's to set", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_this_machine_it_does_not_start_without_keys()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(folder, [], "serve", "--urls", "http://0.0.0.0:0");

        Assert.Equal(2, exitCode);
        Assert.Contains("Intake:Keys", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_azure_it_does_not_start_with_a_store_or_destinations_on_the_temporary_disk()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(
            folder,
            [("WEBSITE_INSTANCE_ID", "1")],
            "--functions-uri",
            "http://127.0.0.1:1/");

        Assert.Equal(2, exitCode);
        Assert.Contains("Store:Kind", output, StringComparison.Ordinal);
        Assert.Contains("Destinations:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_is_said_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("leads.db"), new string('x', 4096), TestContext.Current.CancellationToken);

        var (exitCode, output) = await LeadProcess.RunAsync(
            folder,
            [("Store__Path", folder.File("leads.db"))],
            "--urls",
            "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains("not a database", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls", "http://localhost:0")]
    [InlineData("--urls", "https://127.0.0.1:0")]
    [InlineData("--urls", "http://192.0.2.1:7071", "--Intake:Keys:0=0123456789abcdef")]
    [InlineData("--Store:Path=/")]
    [InlineData("--Destinatons:crm:Kind=File")]
    [InlineData("--Destinations:crm:Kind=File", "--Destinations:crm:When:Lead.Offer=x")]
    public async Task What_keeps_it_from_starting_is_said_in_words(params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(folder, [], arguments);

        Assert.InRange(exitCode, 1, 2);
        Assert.Contains("LeadFunctions", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "serve")]
    [InlineData("--help", "appsettings.json")]
    [InlineData("--version", ".")]
    public async Task It_explains_itself(string argument, string expected)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(folder, [], argument);

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_an_error()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(folder, [], "frobnicate");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("frobnicate", output, StringComparison.Ordinal);
    }
}
