using System.IO.Compression;
using System.Net;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Deploy;

/// <summary>The package for Azure Functions: what is in it, and that it works.</summary>
[Collection<Packaged>]
public sealed class PackageTests(Package package)
{
    private static readonly string[] Functions =
        [.. Directory.EnumerateDirectories(Repository.Root).Where(folder => File.Exists(Path.Combine(folder, "function.json"))).Select(folder => Path.GetFileName(folder)!)];

    [Fact]
    public void It_holds_the_functions_the_executable_and_nothing_else()
    {
        string[] expected = ["LeadFunctions", "appsettings.json", "host.json", "libe_sqlite3.so", .. Functions.Select(name => $"{name}/function.json")];

        Assert.Superset(new HashSet<string>(["leads", "runs", "health", "deliver"]), Functions.ToHashSet());
        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(package.Folder));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(package.Unpacked));
    }

    [Fact]
    public void Its_functions_are_those_of_the_repository() =>
        Assert.All(Functions, name => Assert.Equal(Text(Repository.Root, $"{name}/function.json"), Text(package.Unpacked, $"{name}/function.json")));

    [Fact]
    public void Its_host_file_is_the_repositorys_with_the_executable_in_place_of_dotnet()
    {
        var (own, packaged) = (Json(Repository.Root), Json(package.Unpacked));

        Assert.Equal("""{"defaultExecutablePath":"LeadFunctions"}""", JsonSerializer.Serialize(Description(packaged)));
        Assert.Equal(Rest(own), Rest(packaged));
    }

    [Fact]
    public void The_zip_says_on_every_system_that_the_executable_may_be_run_and_nothing_else()
    {
        using var zip = ZipFile.OpenRead(package.Zip);

        Assert.Equal(["LeadFunctions"], zip.Entries.Where(entry => ((entry.ExternalAttributes >> 16) & 0b001_001_001) != 0).Select(entry => entry.FullName));
        Assert.All(CentralHeaders(File.ReadAllBytes(package.Zip)), header => Assert.Equal(3, header));
    }

    [Fact]
    public async Task Run_as_the_functions_host_runs_it_a_lead_arrives()
    {
        using var folder = new TemporaryFolder();
        await using var program = await package.StartBehindHostAsync(folder, []);

        using var response = await program.ProxyAsync(Samples.Documented);
        using var timer = await program.CallTimerAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, timer.StatusCode);
        Assert.True(folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"), "The timer's call ended before the row and the mail were there.");
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static string Text(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));

    private static JsonElement Json(string folder) => JsonElement.Parse(Text(folder, "host.json"));

    private static JsonElement Description(JsonElement host) => host.GetProperty("customHandler").GetProperty("description");

    /// <summary>Everything but the description.</summary>
    private static string[] Rest(JsonElement host) =>
    [
        .. host.EnumerateObject().Where(property => property.Name != "customHandler").Select(property => property.ToString()),
        .. host.GetProperty("customHandler").EnumerateObject().Where(property => property.Name != "description").Select(property => property.ToString()),
    ];

    /// <summary>For each entry the system that it says it was made on; 3 is Unix (APPNOTE.TXT 4.4.2).</summary>
    private static IEnumerable<byte> CentralHeaders(byte[] zip)
    {
        var end = zip.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var at = BitConverter.ToInt32(zip, end + 16);
        for (var entry = BitConverter.ToUInt16(zip, end + 10); entry > 0; entry--)
        {
            yield return zip[at + 5];
            at += 46 + BitConverter.ToUInt16(zip, at + 28) + BitConverter.ToUInt16(zip, at + 30) + BitConverter.ToUInt16(zip, at + 32);
        }
    }
}
