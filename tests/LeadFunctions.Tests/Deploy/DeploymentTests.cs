using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace LeadFunctions.Tests.Deploy;

/// <summary>azure.yaml, the workflow and the container's files: they parse, and what they call is there.</summary>
public sealed partial class DeploymentTests
{
    private const string Zip = "artifacts/package/leadfunctions.zip";

    private static readonly YamlNode Azd = YamlFile.Read("azure.yaml");
    private static readonly YamlNode Workflow = YamlFile.Read(".github/workflows/deploy.yml");
    private static readonly YamlNode Simulating = YamlFile.Read(".github/workflows/simulate.yml");

    [Fact]
    public void Azd_publishes_the_project_to_the_app_with_the_services_name()
    {
        var service = Azd.At("services/leads");

        Assert.Equal(("function", "dotnet"), (service.Text("host"), service.Text("language")));
        Assert.True(Exists(Path.Combine(service.Text("project")!, "LeadFunctions.csproj")));
        Assert.Contains("'azd-service-name': 'leads'", Read("infra/app.bicep"), StringComparison.Ordinal);
    }

    // Azure's machines are x64: what is published on an ARM machine without -r may not be for that machine alone.
    [Fact]
    public async Task Published_where_machines_are_not_as_Azures_it_is_for_every_machine()
    {
        string[] arguments = ["msbuild", Path.Combine(Repository.Root, "src", "LeadFunctions", "LeadFunctions.csproj"), "-p:_IsPublishing=true", "-p:IsLikeAzure=false", "-getProperty:RuntimeIdentifier", "-getProperty:PublishReadyToRun"];
        using var msbuild = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;

        var properties = JsonElement.Parse(await msbuild.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).GetProperty("Properties");

        Assert.Equal(("", ""), (properties.GetProperty("RuntimeIdentifier").GetString(), properties.GetProperty("PublishReadyToRun").GetString()));
    }

    [Fact]
    public void The_workflow_runs_what_is_there()
    {
        var runs = Steps("test").Concat(Steps("deploy")).Concat(Steps("simulate", Simulating)).Select(step => step.Text("run")).OfType<string>().ToArray();

        Assert.Contains(".ci/run", runs);
        Assert.Contains(runs, run => run.StartsWith(".ci/simulate 3000 ", StringComparison.Ordinal));
        Assert.All(runs, AssertRunnable);
        Assert.All(Steps("test").Where(step => step.Has("with") && step.At("with").Has("global-json-file")), step => Assert.True(Exists(step.Text("with/global-json-file")!)));
        Assert.Equal(Zip, Uses("test", "actions/upload-artifact").Text("with/path"));
    }

    [Fact]
    public void The_workflow_may_read_and_only_its_deployment_may_sign_in()
    {
        Assert.All([Workflow, Simulating], workflow => Assert.Equal(new Dictionary<string, string> { ["contents"] = "read" }, workflow.Map("permissions")));
        Assert.False(Workflow.At("jobs/test").Has("permissions"));
        Assert.Equal(new Dictionary<string, string> { ["id-token"] = "write" }, Workflow.Map("jobs/deploy/permissions"));
        Assert.DoesNotContain("secrets.", Read(".github/workflows/deploy.yml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_tested_commits_of_the_main_branch_are_deployed()
    {
        Assert.Equal("test", Workflow.Text("jobs/deploy/needs"));
        Assert.Contains("github.event_name == 'push' && github.ref == 'refs/heads/main'", Workflow.Text("jobs/deploy/if"), StringComparison.Ordinal);
        Assert.Equal(Uses("test", "actions/upload-artifact").Text("with/name"), Uses("deploy", "actions/download-artifact").Text("with/name"));
        Assert.Equal(Path.GetFileName(Zip), Uses("deploy", "Azure/functions-action").Text("with/package"));
    }

    [Fact]
    public void The_image_is_built_from_what_its_context_holds()
    {
        var dockerfile = Read("Dockerfile");
        var context = Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..].Trim()).ToArray();

        Assert.All(context, path => Assert.True(Exists(path), path));
        Assert.All(
            ["src", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "host.json"], path => Assert.Contains(path, context));
        Assert.All(PublishedProject().Matches(dockerfile), match => Assert.True(Exists(match.Groups[1].Value)));
        Assert.Matches("(?m)^USER \\$APP_UID$", dockerfile);
        Assert.Matches("(?m)^FROM .*-chiseled-extra$", dockerfile);
    }

    [Fact]
    public void The_image_takes_only_what_is_named() =>
        Assert.Equal("*", Read(".dockerignore").Split('\n').First(line => !line.StartsWith('#')));

    private static IEnumerable<YamlNode> Steps(string job, YamlNode? workflow = null) => (YamlSequenceNode)(workflow ?? Workflow).At($"jobs/{job}/steps");

    private static YamlNode Uses(string job, string action) => Assert.Single(Steps(job), step => step.Text("uses")?.StartsWith(action + "@v", StringComparison.Ordinal) == true);

    /// <summary>A script of the repository, or `dotnet run` with one.</summary>
    private static void AssertRunnable(string command)
    {
        var words = command.Split(' ');
        var script = words[0] == "dotnet" ? words[2] : words[0];
        Assert.True(words[0] != "dotnet" || words[1] == "run", command);
        Assert.True(Exists(script), command);
        Assert.True(OperatingSystem.IsWindows() || words[0] == "dotnet" || File.GetUnixFileMode(Full(script)).HasFlag(UnixFileMode.UserExecute), command);
    }

    private static bool Exists(string path) => Path.Exists(Full(path));

    private static string Read(string path) => File.ReadAllText(Full(path));

    private static string Full(string path) => Path.Combine(Repository.Root, path);

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex PublishedProject();
}
