using System.Net;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Deploy;

/// <summary>The package for Azure Functions: what is in it, and that it works.</summary>
[Collection<Packaged>]
public sealed class PackageTests(Package package)
{
    /// <summary>What a host reads, and what it starts.</summary>
    private static readonly string[] Needed =
        ["host.json", "worker.config.json", "functions.metadata", "extensions.json", ".azurefunctions/function.deps.json", "LeadFunctions.dll", "LeadFunctions.runtimeconfig.json", "appsettings.json", "libe_sqlite3.so"];

    [Fact]
    public void It_holds_what_a_host_needs_and_the_zip_holds_what_the_folder_does()
    {
        Assert.Superset(Needed.ToHashSet(), Files(package.Unpacked).ToHashSet());
        Assert.Equal(Files(package.Folder), Files(package.Unpacked));
    }

    [Fact]
    public void It_holds_no_sources_no_local_settings_and_nothing_of_other_systems()
    {
        Assert.DoesNotContain(Files(package.Unpacked), file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".md" or ".xml" or ".pdb" or ".db" or ".jsonl" && !file.StartsWith(".azurefunctions/", StringComparison.Ordinal));
        Assert.DoesNotContain(Files(package.Unpacked), file => file.Contains("local.settings", StringComparison.Ordinal) || file.StartsWith("runtimes/", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateDirectories(package.Unpacked).Select(Path.GetFileName), folder => folder is "data" or "samples" or "infra" or "src" or "tests");
    }

    [Fact]
    public void Its_host_file_is_the_repositorys() => Assert.Equal(Text(Repository.Root, "host.json"), Text(package.Unpacked, "host.json"));

    [Fact]
    public void Its_worker_is_started_by_the_dotnet_of_the_host()
    {
        var description = JsonElement.Parse(Text(package.Unpacked, "worker.config.json")).GetProperty("description");

        Assert.Equal("dotnet-isolated", description.GetProperty("language").GetString());
        Assert.Equal("dotnet", description.GetProperty("defaultExecutablePath").GetString());
        Assert.Equal("LeadFunctions.dll", description.GetProperty("defaultWorkerPath").GetString());
    }

    [Fact]
    public async Task Run_as_the_functions_host_runs_it_a_lead_arrives()
    {
        using var folder = new TemporaryFolder();
        await using var program = await package.StartBehindHostAsync(folder, []);

        using var response = await program.PostAsync(Samples.Documented);
        await program.CallTimerAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.True(folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"), "The timer's call ended before the row and the mail were there.");
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static string Text(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));
}
