using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Destinations;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Hosting.Internal;

namespace LeadFunctions.Tests.Deploy;

/// <summary>The Bicep files: what their compiler says, and what they have to agree on with the program.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly BicepFile Main = new("main.bicep");
    private static readonly BicepFile App = new("app.bicep");

    /// <summary>Compiled once for all that look at it: a start of the compiler takes seconds.</summary>
    private static readonly Lazy<Task<Compiled>> Built = new(() => CompileAsync("build", "--stdout"));

    [Fact]
    public void Each_parameter_is_given_what_it_needs_and_nothing_else()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "infra", "main.parameters.json")));
        var mapped = file.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetProperty("value").GetString()!);
        var (module, given) = Assert.Single(Main.Modules);

        Assert.Equal(Main.Parameters.Order(), mapped.Keys.Order());
        Assert.All(mapped.Values, value => Assert.Matches(@"^\$\{[A-Z_]+\}$", value));
        Assert.Equal("app.bicep", module);
        Assert.Equal(App.RequiredParameters.Order(), given.Order());
    }

    [Fact]
    public void Secrets_are_secure_parameters_in_both_files()
    {
        string[] secrets = ["dataverseClientSecret", "runsKey", "sendGridApiKey"];

        Assert.Equal(secrets, Main.SecretParameters.Order());
        Assert.Equal(secrets, App.SecretParameters.Order());
        Assert.DoesNotContain(Main.Outputs, output => output.Contains("KEY", StringComparison.Ordinal) && output != "AZURE_KEY_VAULT");
    }

    [Fact]
    public void Every_app_setting_of_the_program_is_one_that_it_knows()
    {
        var settings = App.Settings.Where(setting => !setting.Key.StartsWith("Store__", StringComparison.Ordinal)).ToDictionary(
            setting => setting.Key.Replace("__", ":", StringComparison.Ordinal),
            setting => Value(setting.Key, setting.Value));
        var reader = SettingsOf.Reader([.. settings.Select(setting => (setting.Key, setting.Value)), (StartEnvironment.HostAddress, "http://127.0.0.1:1/"), ("WEBSITE_INSTANCE_ID", "an-instance")]);
        var start = StartEnvironment.Read(reader);

        IntakeOptions.Read(reader, start);
        var runs = RunOptions.Read(reader, start, new HostingEnvironment { EnvironmentName = "Production" });
        var destinations = DestinationSettings.Read(reader, start);
        var alerts = AlertOptions.Read(reader, destinations);
        Configurations.RefuseUnknown(reader);

        Assert.Empty(reader.Faults);
        Assert.Single(runs.Keys);
        Assert.NotNull(alerts.Mail);
        Assert.Equal(["crm", "mail"], destinations.Select(destination => destination.Name).Order());
    }

    [Fact]
    public void Secrets_reach_the_app_as_references_to_the_vault()
    {
        string[] secret = ["Destinations__crm__ClientSecret", "Destinations__mail__ApiKey", "Runs__Keys__team"];

        Assert.Equal(secret, App.Settings.Where(setting => setting.Value.Contains("@Microsoft.KeyVault(", StringComparison.Ordinal)).Select(setting => setting.Key).Order());
        Assert.All(secret, key => Assert.Matches(@"^'@Microsoft\.KeyVault\(\$\{secretUri\}/[a-z-]+\)'$", App.Settings[key]));
        Assert.All(secret, key => Assert.Contains($"name: '{SecretName().Match(App.Settings[key]).Groups[1].Value}'", Text("app.bicep"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_store_is_the_apps_own_storage_account_reached_without_a_key()
    {
        Assert.Equal("'AzureStorage'", App.Settings["Store__Kind"]);
        Assert.Equal("storage.name", App.Settings["Store__AccountName"]);
        Assert.Contains("allowSharedKeyAccess: false", Text("app.bicep"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_queue_that_wakes_delivery_is_made()
    {
        var template = (await AppTemplateAsync()).GetRawText();

        Assert.Contains("Microsoft.Storage/storageAccounts/queueServices/queues", template, StringComparison.Ordinal);
        Assert.Contains($"'default', '{DeliveryQueueSender.Name}'", template, StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_has_the_documented_roles_and_no_others() =>
        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        Assert.Equal(
            [
                "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
                "3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
                "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
                "974c5e8b-45b9-4653-ba55-5f855dd0c6dd", // Storage Queue Data Contributor
                "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
            ],
            App.Roles.Order());

    [Theory]
    [InlineData("lint")]
    [InlineData("build")]
    public async Task The_compiler_has_nothing_to_say(string command)
    {
        var compiled = await (command == "build" ? Built.Value : CompileAsync(command));

        Assert.Equal((0, ""), (compiled.Code, compiled.Errors));
    }

    /// <summary>A setting's value as the program would get it: the literal, or something of its kind.</summary>
    private static string Value(string key, string bicep) => key switch
    {
        _ when Literal().Match(bicep) is { Success: true } literal => literal.Groups[1].Value,
        "Destinations__crm__Url" => "https://contoso.crm.dynamics.com",
        "Destinations__crm__Auth" => "ClientSecret",
        "Destinations__mail__From" or "Destinations__mail__To" or "Alerts__Mail__To" => "leads@contoso.com",
        _ => "00000000-0000-0000-0000-000000000000",
    };

    [Fact]
    public async Task The_app_runs_on_flex_consumption_as_an_isolated_dotnet_worker()
    {
        var template = await AppTemplateAsync();
        var config = Resource(template, "Microsoft.Web/sites").GetProperty("properties").GetProperty("functionAppConfig");
        var plan = Resource(template, "Microsoft.Web/serverfarms").GetProperty("sku");

        Assert.Equal("FlexConsumption", plan.GetProperty("tier").GetString());
        Assert.Equal("""{"name":"dotnet-isolated","version":"10.0"}""", config.GetProperty("runtime").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
    }

    /// <summary>What app.bicep becomes: main.bicep's template holds it as its only deployment.</summary>
    private static async Task<JsonElement> AppTemplateAsync() =>
        Resource(JsonElement.Parse((await Built.Value).Output), "Microsoft.Resources/deployments").GetProperty("properties").GetProperty("template");

    private static JsonElement Resource(JsonElement template, string type)
    {
        var resources = template.GetProperty("resources");
        JsonElement[] all = resources.ValueKind is JsonValueKind.Array
            ? [.. resources.EnumerateArray()]
            : [.. resources.EnumerateObject().Select(resource => resource.Value)];
        return Assert.Single(all, resource => resource.GetProperty("type").GetString() == type);
    }

    /// <summary>main.bicep by the Bicep compiler that the test project restores. Its standard error has the faults and warnings.</summary>
    private static async Task<Compiled> CompileAsync(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "The compiler that is restored is for linux-x64.");
        var compiler = typeof(InfrastructureTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Bicep").Value!;
        if (!OperatingSystem.IsWindows())
        {
            // What NuGet unpacks has no run bit everywhere.
            File.SetUnixFileMode(compiler, File.GetUnixFileMode(compiler) | UnixFileMode.UserExecute);
        }

        using var process = Process.Start(new ProcessStartInfo(compiler, [.. arguments, Path.Combine(Repository.Root, "infra", "main.bicep")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["BICEP_DISABLE_VERSION_CHECK"] = "true" },
        })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Compiled(process.ExitCode, (await errors).Trim(), output);
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, "infra", file));

    [GeneratedRegex(@"^'([A-Za-z]+)'$")]
    private static partial Regex Literal();

    [GeneratedRegex(@"/([a-z-]+)\)'$")]
    private static partial Regex SecretName();

    private sealed record Compiled(int Code, string Errors, string Output);
}
