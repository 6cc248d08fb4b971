using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>How many there are of each state, each a link to them.</summary>
internal static class StateCounts
{
    public static Html Of(FilterQuery query, RunSummary summary)
    {
        var leads = summary.Counts.Where(count => count.Key != RunState.Repeated).Sum(count => count.Value);
        return Html.All([Tile(query, "", "All leads", "", leads), .. StateWords.OfRuns.Select(state => Tile(query, state.Word, state.Label, state.Sign, CountOf(state.Word, summary))), Since(summary)]);
    }

    private static Html Since(RunSummary summary) =>
        Html.When(summary.CountedAt is not null, () => Html.Of($"""<p class="minor">Counted at {Shown.Time(summary.CountedAt!.Value)}</p>"""));

    private static int CountOf(string word, RunSummary summary) =>
        word == "refused" ? summary.Refused : RunQuery.StateOf(word) is { } state ? summary.Counts.GetValueOrDefault(state) : 0;

    private static Html Tile(FilterQuery query, string word, string label, string sign, int count)
    {
        var here = query["status"] == word && query.Filters.All(filter => filter.Name == "status");
        return Html.Of(
            $"""
            <a class="count {(word.Length > 0 ? word : "all")}{(count == 0 ? " none" : "")}" href="{(word.Length > 0 ? $"/api/runs?status={word}" : "/api/runs")}"{Html.When(here, () => Html.Of($""" aria-current="page" """))}><span class="number">{Shown.Count(count)}</span>
            <span class="label"><span class="sign" aria-hidden="true">{sign}</span>{label}</span></a>
            """);
    }
}
