#!/usr/bin/env dotnet
#:property PublishAot=false
// Makes what is deployed to Azure Functions: the folder artifacts/package/app and artifacts/package/leadfunctions.zip.
//
//   dotnet run scripts/package.cs [-- --output FOLDER] [further arguments of `dotnet publish`]
//
// In it: host.json that names the executable, each folder with a function.json, the program as one self-contained linux-x64
// executable with its run bit, its SQLite library and appsettings.json. C#, so that it runs wherever the SDK does, and writes the
// run bit on Windows too.
using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

const string Executable = "LeadFunctions";
const UnixFileMode File644 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
const UnixFileMode File755 = File644 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ScriptPath())!, ".."));
var given = args.ToList();
var output = Path.GetFullPath(Take(given, "--output") ?? Path.Combine(root, "artifacts", "package"));
var folder = Path.Combine(output, "app");
var zip = Path.Combine(output, "leadfunctions.zip");

if (Directory.Exists(folder))
{
    Directory.Delete(folder, recursive: true);
}

Directory.CreateDirectory(folder);
var published = Publish(root, folder, given);
if (published != 0)
{
    return published;
}

foreach (var function in Directory.EnumerateFiles(root, "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }))
{
    var name = Path.GetFileName(Path.GetDirectoryName(function)!);
    Directory.CreateDirectory(Path.Combine(folder, name));
    File.Copy(function, Path.Combine(folder, name, "function.json"));
}

File.WriteAllText(Path.Combine(folder, "host.json"), HostJson(Path.Combine(root, "host.json")));
Zip(folder, zip);
Console.WriteLine($"{folder}\n{zip}");
return 0;

// One file instead of 350: less to copy to each new instance, and nothing beside host.json that isn't ours. Composite code would
// hold the whole framework a second time.
static int Publish(string root, string folder, IEnumerable<string> further)
{
    var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
    string[] arguments =
    [
        "publish", Path.Combine(root, "src", "LeadFunctions"), "--configuration", "Release", "--runtime", "linux-x64", "--self-contained", "--output", folder,
        "-p:PublishSingleFile=true", "-p:PublishReadyToRunComposite=false", "-p:DebugType=none", "-p:PublishDocumentationFiles=false", "-p:StaticWebAssetsEnabled=false", .. further,
    ];
    foreach (var argument in arguments)
    {
        start.ArgumentList.Add(argument);
    }

    using var publish = Process.Start(start)!;
    publish.WaitForExit();
    return publish.ExitCode;
}

// The root's host.json starts `dotnet`, which a custom-handler app in Azure doesn't have.
static string HostJson(string path)
{
    var host = JsonNode.Parse(File.ReadAllText(path))!;
    host["customHandler"]!["description"] = new JsonObject { ["defaultExecutablePath"] = Executable };
    return host + "\n";
}

static void Zip(string folder, string zip)
{
    File.Delete(zip);
    using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            var entry = archive.CreateEntryFromFile(file, name);
            entry.ExternalAttributes = (0x8000 | (int)(name == Executable ? File755 : File644)) << 16;
        }
    }

    SayUnix(zip);
}

// Unix modes count only in entries that say they were made on Unix: the upper byte of "version made by" in each central directory
// header (APPNOTE.TXT 4.4.2), which .NET writes as the system that it runs on.
static void SayUnix(string zip)
{
    var bytes = File.ReadAllBytes(zip);
    var end = bytes.AsSpan().LastIndexOf("PK\x05\x06"u8);
    var at = BitConverter.ToInt32(bytes, end + 16);
    for (var entry = BitConverter.ToUInt16(bytes, end + 10); entry > 0; entry--)
    {
        bytes[at + 5] = 3;
        at += 46 + BitConverter.ToUInt16(bytes, at + 28) + BitConverter.ToUInt16(bytes, at + 30) + BitConverter.ToUInt16(bytes, at + 32);
    }

    File.WriteAllBytes(zip, bytes);
}

static string? Take(List<string> arguments, string name)
{
    var at = arguments.IndexOf(name);
    if (at < 0 || at + 1 >= arguments.Count)
    {
        return null;
    }

    var value = arguments[at + 1];
    arguments.RemoveRange(at, 2);
    return value;
}

static string ScriptPath([CallerFilePath] string path = "") => path;
