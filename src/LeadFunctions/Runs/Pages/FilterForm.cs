using System.Globalization;
using LeadFunctions.Leads;

namespace LeadFunctions.Runs.Pages;

/// <summary>A list's filter as it stands in the address, for links and forms that keep it.</summary>
internal sealed class FilterQuery(IQueryCollection query)
{
    private static readonly string[] Names = ["text", "status", "destination", "source", "from", "to", "test", "take"];

    public string this[string name] => query[name].ToString();

    /// <summary>The parameters that say something, but how many are shown at once.</summary>
    public IEnumerable<(string Name, string Value)> Filters => Pairs.Where(pair => pair.Name != "take");

    public bool IsEmpty => !Filters.Any();

    public bool IsNextPage => this["next"].Length > 0;

    private IEnumerable<(string Name, string Value)> Pairs => Names.Select(name => (name, this[name])).Where(pair => pair.Item2.Length > 0);

    public string Address(string path, params IEnumerable<(string Name, string Value)> more) =>
        path
        + QueryString.Create(
            Pairs
                .Where(pair => !more.Any(other => other.Name == pair.Name))
                .Concat(more)
                .Where(pair => pair.Value.Length > 0)
                .Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)));
}

/// <summary>The list's filters as a form that asks by GET: its result can be kept as a bookmark.</summary>
internal static class FilterForm
{
    public static Html Render(FilterQuery query, IReadOnlyList<string> destinations) => Html.Create(
        $"""
        <form class="filter" id="filter" method="get" action="/api/runs" role="search" aria-label="Filter">
        <div class="field wide"><label for="f-text">Search</label><input id="f-text" type="search" name="text" value="{query["text"]}"
        placeholder="name, company, e-mail, offer"></div>
        <div class="field"><label for="f-status">State</label><select id="f-status"
        name="status">{Options(query["status"], [("", "Any"), .. StateLabel.ForRuns.Select(state => (state.Word, state.Label))])}</select>
        </div>
        <div class="field"><label for="f-destination">Destination</label><select id="f-destination"
        name="destination">{Options(query["destination"], [("", "Any"), .. destinations.Select(Pair)])}</select></div>
        <details class="more"{Html.When(More(query), $" open")}><summary>More</summary><div class="more-fields">
        <div class="field"><label for="f-source">Source</label><select id="f-source"
        name="source">{Options(query["source"], [("", "Any"), .. Sources.All.Select(Pair)])}</select></div>
        <div class="field"><label for="f-from">From <span class="zone">(UTC)</span></label><input id="f-from" type="datetime-local"
        name="from" value="{Local(query["from"])}"></div>
        <div class="field"><label for="f-to">To <span class="zone">(UTC)</span></label><input id="f-to" type="datetime-local" name="to"
        value="{Local(query["to"])}"></div>
        <div class="field"><label for="f-test">Test leads</label><select id="f-test"
        name="test">{Options(query["test"], [("", "With"), ("false", "Without"), ("true", "Only")])}</select></div>
        </div></details>
        <div class="buttons"><button>Filter</button>{Html.When(!query.IsEmpty, $"""<a class="clear" href="/api/runs">Clear</a>""")}</div>
        </form>
        """);

    private static bool More(FilterQuery query) => query.Filters.Any(filter => filter.Name is "source" or "from" or "to" or "test");

    // What is chosen stays to be seen even when it is none of the known ones: a destination of the past.
    private static IEnumerable<Html> Options(string chosen, IReadOnlyList<(string Value, string Label)> options) =>
        (options.Any(option => option.Value == chosen) ? options : [.. options, (chosen, chosen)]).Select(option =>
            Html.Create($"""<option value="{option.Value}"{Html.When(option.Value == chosen, $" selected")}>{option.Label}</option>"""));

    private static (string, string) Pair(string value) => (value, value);

    /// <summary>What such a field can show; an unreadable time leaves it empty.</summary>
    private static string Local(string time) =>
        RunListRequest.ParseTime(time) is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
