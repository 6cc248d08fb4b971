#!/usr/bin/env dotnet
#:property PublishAot=false
// Makes what is deployed to Azure Functions: the folder artifacts/package/app and artifacts/package/leadfunctions.zip.
//
//   dotnet run scripts/package.cs [-- --output FOLDER] [further arguments of `dotnet publish`]
//
// In it: host.json, what the host reads about the worker and its functions, the program compiled ahead for linux-x64, its SQLite library
// and appsettings.json. C#, so that it runs wherever the SDK does.
using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;

var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ScriptPath())!, ".."));
var given = args.ToList();
var output = Path.GetFullPath(Take(given, "--output") ?? Path.Combine(root, "artifacts", "package"));
var folder = Path.Combine(output, "app");
var zip = Path.Combine(output, "leadfunctions.zip");

if (Directory.Exists(folder))
{
    Directory.Delete(folder, recursive: true);
}

var published = Publish(root, folder, given);
if (published != 0)
{
    return published;
}

File.Delete(zip);
ZipFile.CreateFromDirectory(folder, zip);
Console.WriteLine($"{folder}\n{zip}");
return 0;

// Azure brings the runtime; where the program runs is known, whatever this machine is.
static int Publish(string root, string folder, IEnumerable<string> further)
{
    var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
    string[] arguments =
    [
        "publish", Path.Combine(root, "src", "LeadFunctions"), "--configuration", "Release", "--runtime", "linux-x64", "--no-self-contained", "--output", folder,
        "-p:DebugType=none", "-p:PublishDocumentationFiles=false", .. further,
    ];
    foreach (var argument in arguments)
    {
        start.ArgumentList.Add(argument);
    }

    using var publish = Process.Start(start)!;
    publish.WaitForExit();
    return publish.ExitCode;
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
