using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Commands;

public sealed class ConfigTests : IDisposable
{
    private static readonly string[] Secrets =
    [
        "intake-key-0123456789abcdef", "runs-key-0123456789abcdef", "SG.the-api-key", "the-client-secret", "misspelt-secret",
        "hook-path-secret", "header-secret", "the-account-key", "certificate-password", "a-user-name-that-is-a-key", "a-key-in-a-form",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_value_is_shown_with_where_it_comes_from()
    {
        var settings = await ReadAsync(
            [("Delivery__Concurrency", "3"), ("ASPNETCORE_URLS", "http://localhost:8123")],
            "--Delivery:AttemptTimeout=00:00:20");

        Assert.Equal(("3", "environment Delivery__Concurrency"), settings["Delivery:Concurrency"]);
        Assert.Equal(("http://localhost:8123", "environment ASPNETCORE_URLS"), settings["urls"]);
        Assert.Equal(("00:00:20", "command line"), settings["Delivery:AttemptTimeout"]);
        Assert.Equal(("00:02:00", "default"), settings["Delivery:LeaseDuration"]);
        Assert.Equal(("Information", "appsettings.json"), settings["Logging:LogLevel:Default"]);
        Assert.Equal((null, "not set"), settings["Intake:SchemaFile"]);
        Assert.Equal(("File", "default"), settings["Destinations:crm:Kind"]);
    }

    [Fact]
    public async Task A_list_counts_where_it_was_set_last()
    {
        var settings = await ReadAsync(
            [("Destinations__crm__Kind", "File"), ("Destinations__crm__Events__0", "created"), ("Destinations__crm__Events__1", "updated")],
            "--Destinations:crm:Events=cancelled");

        Assert.Equal(("cancelled", "command line"), settings["Destinations:crm:Events"]);
        Assert.DoesNotContain("Destinations:crm:Events:1", settings.Keys);
    }

    [Theory]
    [InlineData()]
    [InlineData("--json")]
    public async Task No_secret_is_shown_not_even_under_a_misspelt_key(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(
            _folder,
            [
                ("Intake__Keys__0", Secrets[0]),
                ("Runs__Keys__anna", Secrets[1]),
                ("Destinations__mail__Kind", "SendGrid"),
                ("Destinations__mail__ApiKey", Secrets[2]),
                ("Destinations__mail__ApiPass", Secrets[4]),
                ("Destinations__crm__Kind", "Dataverse"),
                ("Destinations__crm__ClientSecret", Secrets[3]),
                ("Destinations__hook__Kind", "Nothing"),
                ("Destinations__hook__Url", $"https://hooks.example.com/{Secrets[5]}"),
                ("Destinations__hook__Headers__X", Secrets[6]),
                ("Destinations__other__Kind", "Webhook"),
                ("Destinations__other__Url", "https://other.example.com"),
                ("Destinations__other__Auth", "Basic"),
                ("Destinations__other__UserName", Secrets[9]),
                ("Destinations__other__Form__auth", Secrets[10]),
                ("AzureWebJobsStorage", $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Secrets[7]}"),
                ("Kestrel__Certificates__Default__Password", Secrets[8]),
            ],
            null,
            ["config", .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, run.All, StringComparison.Ordinal));
        Assert.Contains("Runs:Keys:anna", run.Output, StringComparison.Ordinal);
        Assert.Contains("Destinations:mail:ApiPass", run.All, StringComparison.Ordinal);
        Assert.Contains("Destinations:hook:Kind", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_option_is_not_taken_for_a_setting()
    {
        var run = await CommandRun.OfAsync(_folder, "config", "--jsno");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--jsno", run.Errors, StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, (string? Value, string? Origin)>> ReadAsync(
        (string Key, string Value)[] environment,
        params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder, environment, null, ["config", "--json", .. arguments]);
        Assert.True(run.ExitCode == 0, run.All);
        return JsonElement
            .Parse(run.Output)
            .GetProperty("settings")
            .EnumerateArray()
            .ToDictionary(
                setting => setting.GetProperty("key").GetString()!,
                setting => (setting.GetProperty("value").GetString(), setting.GetProperty("origin").GetString()));
    }
}
