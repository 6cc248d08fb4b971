using System.CommandLine;
using LeadFunctions.Leads;

namespace LeadFunctions.Commands;

/// <summary>The filters of docs/run-history.md as options.</summary>
internal sealed class RunFilters
{
    private readonly Option<bool?> _test = new("--test") { Description = "true: Microsoft's test leads alone; false: all but them" };
    private readonly Option<string?>[] _texts =
    [
        new("--status") { Description = "delivered, no_destination, in_progress, dead_letter, duplicate or refused", HelpName = "status" },
        new("--destination") { Description = "That go, or went, to this destination", HelpName = "name" },
        new("--source") { Description = $"That came in this way: {string.Join(" or ", Sources.All)}", HelpName = "name" },
        new("--from") { Description = "Received at this time or later: 2026-11-21, 2026-11-21T09:30Z", HelpName = "time" },
        new("--to") { Description = "Received before this time", HelpName = "time" },
        new("--text") { Description = "With these words in the name, company, e-mail address or offer", HelpName = "words" },
    ];

    public void AddTo(Command command)
    {
        foreach (var option in _texts)
        {
            command.Options.Add(option);
        }

        command.Options.Add(_test);
    }

    /// <summary>As parameters of a query string.</summary>
    public IReadOnlyList<string> Read(ParseResult parsed) =>
    [
        .. _texts.Where(option => !string.IsNullOrEmpty(parsed.GetValue(option))).Select(option => $"{option.Name.TrimStart('-')}={Uri.EscapeDataString(parsed.GetValue(option)!)}"),
        .. parsed.GetValue(_test) is { } test ? [$"test={(test ? "true" : "false")}"] : Array.Empty<string>(),
    ];

    public static string Path(string path, IEnumerable<string> query) => query.Any() ? $"{path}?{string.Join('&', query)}" : path;
}
