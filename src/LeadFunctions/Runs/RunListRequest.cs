using System.Globalization;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using Microsoft.Net.Http.Headers;

namespace LeadFunctions.Runs;

/// <summary>
/// What a request asks of the run history, read from its query string. A parameter without a value is as good as none: forms send them.
/// </summary>
/// <param name="Refused">Refused bodies are asked for, not leads.</param>
/// <param name="Before">Where the page before it ended.</param>
internal sealed record RunListRequest(RunFilter Filter, bool Refused, RunFormat Format, int Take, LeadId? Before)
{
    public const int MostAtOnce = 500;

    private const int UsuallyAtOnce = 50;

    private static readonly string[] Times =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    private static readonly Dictionary<string, RunState?> States = new(StringComparer.Ordinal)
    {
        ["delivered"] = RunState.Delivered,
        ["in_progress"] = RunState.InProgress,
        ["dead_letter"] = RunState.DeadLetter,
        ["no_destination"] = RunState.NoDestination,
        ["duplicate"] = RunState.Repeated,
        ["refused"] = null,
    };

    /// <summary>The parameters that say which leads are meant.</summary>
    private static readonly string[] Filters = ["status", "destination", "source", "from", "to", "test", "text"];

    /// <summary>What a list takes besides; <c>done</c> is for the page alone, which says with it what an action came to.</summary>
    private static readonly string[] ListParameters = ["format", "take", "next", "done"];

    /// <summary>
    /// As <see cref="Read"/>, of a list: a parameter that it doesn't know is a fault, because a misspelt filter would show everything.
    /// </summary>
    public static RunListRequest ReadList(HttpRequest request, List<Violation> faults)
    {
        faults.AddRange(Unknown(request, "is no parameter of this list", ListParameters));
        return Read(request, faults);
    }

    /// <summary>A fault for each parameter that is neither a filter nor one of these, nor the key.</summary>
    public static IEnumerable<Violation> Unknown(HttpRequest request, string fault, params string[] besides) =>
        request
            .Query.Keys.Where(name => name != "code" && !Filters.Concat(besides).Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => new Violation(
                name,
                $"{fault}; there are {string.Join(", ", Filters.Concat(besides).Where(known => known != "done"))}"));

    /// <summary>Reads what can be read, and adds a fault for each parameter that can't; its path is the parameter's name.</summary>
    public static RunListRequest Read(HttpRequest request, List<Violation> faults)
    {
        var read = new QueryReader(request.Query, faults);
        var status = read.Text("status");
        var state = status is null ? null : States.GetValueOrDefault(status);
        if (status is not null && !States.ContainsKey(status))
        {
            read.Fault("status", $"is none of {string.Join(", ", States.Keys)}");
        }

        var refused = status == "refused";
        if (refused)
        {
            read.Refuse("destination", "does not go with status=refused: a refused body goes nowhere");
            read.Refuse("test", "does not go with status=refused: it is not known of a body that is no lead");
        }

        var filter = new RunFilter(
            state,
            read.Text("destination"),
            read.Text("source"),
            read.Value("from", ParseTime, NoTime),
            read.Value("to", ParseTime, NoTime),
            read.Flag("test"),
            read.Text("text"));
        return new RunListRequest(
            filter,
            refused,
            read.Value(
                "format",
                text =>
                    text switch
                    {
                        "json" => RunFormat.Json,
                        "csv" => (RunFormat?)RunFormat.Csv,
                        _ => null,
                    },
                "is neither json nor csv") ?? RunFormats.Preferred(request),
            read.Value("take", Count, $"is no number from 1 to {MostAtOnce}") ?? UsuallyAtOnce,
            read.Value("next", ParseNext, NoNext)
        );
    }

    public const string NoNext = "is not what an earlier answer gave as next";

    public const string NoTime = "is no ISO 8601 time, such as 2026-11-21T09:00:00Z";

    public static LeadId? ParseNext(string text) => LeadId.TryParse(text, out var id) ? id : null;

    public static Problem Problem(IReadOnlyList<Violation> faults) =>
        new(
            StatusCodes.Status400BadRequest,
            "The filter can't be read",
            "Each parameter at fault is in errors. docs/run-history.md lists them all.",
            faults);

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostAtOnce
            ? count
            : null;

    /// <summary>Null for <c>refused</c>, and for what is no status.</summary>
    public static RunState? ParseState(string status) => States.GetValueOrDefault(status);

    // A plus that was not encoded arrives as a space.
    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'),
            Times,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time)
            ? time
            : null;
}

/// <summary>Reads the parameters of a query string, and names those that can't be read.</summary>
internal sealed class QueryReader(IQueryCollection query, List<Violation> faults)
{
    /// <summary>The parameter's text; null when it is absent or empty.</summary>
    public string? Text(string name)
    {
        if (query[name].Count > 1)
        {
            Fault(name, "is given more than once");
            return null;
        }

        return query[name] is [{ Length: > 0 } text] ? text : null;
    }

    public T? Value<T>(string name, Func<string, T?> parse, string fault)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            Fault(name, fault);
        }

        return value;
    }

    /// <summary>Null when the parameter is absent, or neither true nor false.</summary>
    public bool? Flag(string name) =>
        Value(name, text => text switch { "true" => true, "false" => (bool?)false, _ => null }, "is neither true nor false");

    public void Refuse(string name, string fault)
    {
        if (Text(name) is not null)
        {
            Fault(name, fault);
        }
    }

    public void Fault(string name, string message)
    {
        if (!faults.Exists(fault => fault.Path == name))
        {
            faults.Add(new Violation(name, message));
        }
    }
}

/// <summary>How the run history is answered.</summary>
internal enum RunFormat
{
    Json,
    Csv,
    Html,
}

internal static class RunFormats
{
    /// <summary>The one that the caller prefers of those there are; JSON when it names none of them.</summary>
    public static RunFormat Preferred(HttpRequest request) => request.GetTypedHeaders().Accept
        .Where(type => type.Quality is not 0)
        .OrderByDescending(type => type.Quality ?? 1)
        .Select(Parse)
        .FirstOrDefault(format => format is not null) ?? RunFormat.Json;

    /// <summary>Browsers ask for HTML first.</summary>
    public static bool IsForPage(HttpRequest request) => Preferred(request) == RunFormat.Html;

    private static RunFormat? Parse(MediaTypeHeaderValue type) =>
        Is(type, "application/json") ? RunFormat.Json
        : Is(type, "text/csv") ? RunFormat.Csv
        : Is(type, "text/html") ? RunFormat.Html
        : null;

    private static bool Is(MediaTypeHeaderValue type, string name) => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);
}
