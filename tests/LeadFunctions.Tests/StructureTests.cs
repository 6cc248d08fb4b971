using System.Globalization;
using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests;

/// <summary>The rooms of the program, and who may use whom.</summary>
public sealed partial class StructureTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src", "LeadFunctions");

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Leads"] = [],
        ["Settings"] = [],
        ["Hosting"] = ["Leads", "Settings"],
        ["Telemetry"] = ["Leads", "Settings"],
        ["Remote"] = ["Settings"],
        ["Intake/Schema"] = ["Leads", "Settings", "Hosting"],
        ["Intake/Encodings"] = [],
        ["Store"] = ["Leads", "Intake/Encodings", "Settings", "Hosting"],
        ["Appointments/Events"] = ["Leads"],
        ["Destinations/Routing"] = ["Leads", "Appointments/Events", "Settings"],
        ["Destinations"] = ["Leads", "Appointments/Events", "Destinations/Routing", "Remote", "Settings", "Hosting"],
        ["Intake"] = ["Leads", "Intake/Encodings", "Intake/Schema", "Destinations/Routing", "Store", "Telemetry", "Settings", "Hosting"],
        ["Appointments"] = ["Leads", "Appointments/Events", "Intake", "Intake/Encodings", "Intake/Schema", "Store", "Remote", "Settings", "Hosting"],
        ["Delivery"] = ["Leads", "Appointments/Events", "Store", "Destinations", "Telemetry", "Settings", "Hosting"],
        ["Telemetry/Alerts"] = ["Leads", "Store", "Delivery", "Destinations", "Remote", "Telemetry", "Settings"],
        ["Runs"] = ["Leads", "Intake", "Appointments", "Store", "Delivery", "Destinations", "Settings", "Hosting"],
    };

    /// <summary>Where every line keeps .editorconfig's max_line_length: all of src, and the tests' folders that got there.</summary>
    private static readonly string[] FoldersOfShortLines =
    [
        "src",
        "tests/LeadFunctions.Tests/Commands", "tests/LeadFunctions.Tests/FunctionsHost", "tests/LeadFunctions.Tests/Hosting",
        "tests/LeadFunctions.Tests/Runs", "tests/LeadFunctions.Tests/Settings",
    ];

    private static readonly string[] MayUseAll = ["Functions", "Hosting/Health", "Commands"];

    private static readonly HashSet<string> Rooms = [.. MayUse.Keys, .. MayUseAll];

    private static readonly IReadOnlyList<SourceFile> Files =
    [
        .. Directory
            .EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            .Select(SourceFile.Read)
            .Where(file =>
                !file.Folder.StartsWith("obj", StringComparison.Ordinal) && !file.Folder.StartsWith("bin", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_folder_is_a_room_of_the_design() =>
        Assert.Equal(
            [.. Rooms.Order()],
            Files.Where(file => file.Folder.Length > 0).Select(file => file.Room).Distinct().Order());

    [Fact]
    public void A_room_uses_only_the_rooms_that_it_may()
    {
        var arrows = Files
            .Where(file => MayUse.ContainsKey(file.Room))
            .SelectMany(file =>
                file.Used(Files)
                    .Where(used => used != file.Room && !MayUse[file.Room].Contains(used))
                    .Select(used => $"{file.Path} uses {used}"));

        Assert.Empty(arrows);
    }

    [Fact]
    public void The_page_on_architecture_says_the_same()
    {
        var rows = TableRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md")));

        Assert.Equal(
            [.. MayUse.Select(room => $"{room.Key}: {string.Join(", ", room.Value)}").Concat(MayUseAll.Select(room => $"{room}: all")).Order()],
            rows.Select(row => $"{row.Groups[1].Value}: {row.Groups[2].Value.Replace("–", "", StringComparison.Ordinal)}").Order());
    }

    [Fact]
    public void The_folder_is_the_namespace() =>
        Assert.Empty(
            Files
                .Where(file => file.Room.Length > 0 && file.Namespace != $"LeadFunctions.{file.Folder.Replace('/', '.')}")
                .Select(file => $"{file.Path} is in {file.Namespace}"));

    [Fact]
    public void Each_log_event_has_an_id_of_its_own() =>
        Assert.Empty(
            Files
                .SelectMany(file => LogEventId().Matches(file.Text).Select(id => (Id: id.Groups[1].Value, file.Path)))
                .GroupBy(found => found.Id)
                .Where(same => same.Count() > 1)
                .Select(same => $"{same.Key} is in {string.Join(" and ", same.Select(found => found.Path))}"));

    [Fact]
    public void No_folder_bears_a_types_name()
    {
        var folders = Files.SelectMany(file => file.Folder.Split('/')).Append("LeadFunctions").ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Files.SelectMany(file => file.Types.Where(folders.Contains).Select(type => $"{file.Path} declares {type}")));
    }

    [Fact]
    public void No_line_is_longer_than_the_editorconfig_allows()
    {
        var most = int.Parse(
            MaxLineLength().Match(File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"))).Groups[1].Value,
            CultureInfo.InvariantCulture);

        Assert.Empty(
            from folder in FoldersOfShortLines
            from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            from line in File.ReadLines(path).Index()
            where line.Item.Length > most
            select $"{Path.GetRelativePath(Repository.Root, path)}({line.Index + 1}) has {line.Item.Length} characters");
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(\d+)")]
    private static partial Regex LogEventId();

    [GeneratedRegex(@"^\| `([^`]+)/` \| .+ \| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^max_line_length = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex MaxLineLength();

    private sealed partial record SourceFile(string Path, string Folder, string Text)
    {
        /// <summary>The deepest folder above it that has rules of its own; a folder below a room is a part of that room.</summary>
        public string Room => RoomOf(Folder);

        public string Namespace => NamespaceLine().Match(Text).Groups[1].Value;

        public IEnumerable<string> Types => Declaration().Matches(Text).Select(match => match.Groups[1].Value);

        public static SourceFile Read(string path)
        {
            var relative = System.IO.Path.GetRelativePath(Source, path).Replace('\\', '/');
            return new SourceFile(relative, System.IO.Path.GetDirectoryName(relative)!.Replace('\\', '/'), File.ReadAllText(path));
        }

        /// <summary>The rooms that it names: in a using, in full, or by the room's name and one of its types.</summary>
        public IEnumerable<string> Used(IEnumerable<SourceFile> files)
        {
            var inFull = FullName().Matches(Text).Select(match => RoomOf(match.Groups[1].Value.Replace('.', '/'))).Where(Rooms.Contains);
            var byType = files
                .Where(file =>
                    file.Room.Length > 0
                    && file.Room != Room
                    && file.Types.Any(type =>
                        Regex.IsMatch(Text, $@"\b{file.Folder.Replace("/", "\\.", StringComparison.Ordinal)}\.{type}\b")))
                .Select(file => file.Room);
            return inFull.Concat(byType).Distinct();
        }

        [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"\b(?:class|record|record struct|struct|interface|enum) ([A-Z]\w*)")]
        private static partial Regex Declaration();

        private static string RoomOf(string folder) => folder.Length == 0 || Rooms.Contains(folder) ? folder : RoomOf(folder[..Math.Max(0, folder.LastIndexOf('/'))]);

        [GeneratedRegex(@"\bLeadFunctions\.(\w+(?:\.\w+)*)")]
        private static partial Regex FullName();
    }
}
