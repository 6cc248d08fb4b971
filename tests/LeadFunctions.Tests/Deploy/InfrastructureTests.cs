using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Destinations;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Hosting.Internal;

namespace LeadFunctions.Tests.Deploy;

/// <summary>The Bicep files, as far as they can be checked without a compiler and without Azure.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly BicepFile Main = new("main.bicep");
    private static readonly BicepFile App = new("app.bicep");

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
        var reader = SettingsOf.Reader([.. settings.Select(setting => (setting.Key, setting.Value)), ("FUNCTIONS_CUSTOMHANDLER_PORT", "7072"), ("WEBSITE_INSTANCE_ID", "an-instance")]);
        var start = StartEnvironment.Read(reader);

        IntakeOptions.Read(reader, start);
        var runs = RunOptions.Read(reader, start, new HostingEnvironment { EnvironmentName = "Production" });
        var destinations = DestinationSettings.Read(reader, start);
        Configurations.RefuseUnknown(reader);

        Assert.Empty(reader.Faults);
        Assert.Single(runs.Keys);
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
    public void The_identity_has_the_documented_roles_and_no_others() =>
        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        Assert.Equal(
            [
                "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
                "3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
                "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
                "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
            ],
            App.Roles.Order());

    [Fact]
    public void Every_resource_names_an_api_version_unless_its_parent_does() =>
        Assert.All(Main.ResourceTypes.Concat(App.ResourceTypes), type => Assert.Matches(@"^(Microsoft\.\w+/\w+@20\d\d-\d\d-\d\d|blobServices|containers|secrets|config)$", type));

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("app.bicep")]
    public void Every_name_that_is_used_is_declared_and_every_parameter_is_used(string file)
    {
        var bicep = new BicepFile(file);

        Assert.NotEmpty(bicep.UsedNames);
        Assert.Empty(bicep.UsedNames.Except(bicep.Names));
        Assert.DoesNotContain(bicep.Parameters, name => bicep.Uses(name) < 2);
    }

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("app.bicep")]
    public void Brackets_are_closed_in_order(string file)
    {
        var open = new Stack<char>();
        foreach (var letter in new BicepFile(file).Code.Where("{}[]()".Contains))
        {
            if ("{[(".Contains(letter, StringComparison.Ordinal))
            {
                open.Push(letter);
            }
            else
            {
                Assert.Equal("{[("["}])".IndexOf(letter, StringComparison.Ordinal)], open.Pop());
            }
        }

        Assert.Empty(open);
    }

    /// <summary>A setting's value as the program would get it: the literal, or something of its kind.</summary>
    private static string Value(string key, string bicep) => key switch
    {
        _ when Literal().Match(bicep) is { Success: true } literal => literal.Groups[1].Value,
        "Destinations__crm__Url" => "https://contoso.crm.dynamics.com",
        "Destinations__crm__Auth" => "ClientSecret",
        "Destinations__mail__From" or "Destinations__mail__To" => "leads@contoso.com",
        _ => "00000000-0000-0000-0000-000000000000",
    };

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, "infra", file));

    [GeneratedRegex(@"^'([A-Za-z]+)'$")]
    private static partial Regex Literal();

    [GeneratedRegex(@"/([a-z-]+)\)'$")]
    private static partial Regex SecretName();
}
