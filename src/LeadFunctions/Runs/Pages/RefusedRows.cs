using LeadFunctions.Leads;

namespace LeadFunctions.Runs.Pages;

/// <summary>Bodies that were not accepted, as the rows of a table.</summary>
internal static class RefusedRows
{
    private const int BodyBeginning = 120;

    public static Html Table(IReadOnlyList<RefusedBody> bodies) => Html.Of(
        $"""
        <table class="rows refused-rows" role="table" aria-labelledby="list-title">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Received</th><th role="columnheader" scope="col">Answer</th><th role="columnheader" scope="col">What was wrong</th><th role="columnheader" scope="col">Source</th></tr></thead>
        <tbody id="rows" role="rowgroup" data-rows>
        {bodies.Select(Row)}
        </tbody></table>
        """);

    private static Html Row(RefusedBody body) => Html.Of(
        $"""
        <tr role="row" id="r-{body.Id.ToString()}"><th role="rowheader" scope="row" class="at"><a href="/api/runs/refused/{body.Id.ToString()}">{Shown.Time(body.ReceivedAt)}</a></th>
        <td role="cell" class="state">{StateWords.Of("refused").Badge} <span class="minor">HTTP {body.HttpStatus}{(body.ReplayedAt is null ? "" : ", replayed")}</span></td>
        <td role="cell" class="who">{Faults(body)}<span class="minor clip">{Shown.Text(Beginning(body.Text))}</span></td>
        <td role="cell" class="source">{body.Source}<span class="minor">{Shown.Text(body.Event)}</span></td></tr>
        """);

    private static Html Faults(RefusedBody body) => Html.When(body.Violations.Count > 0, () => Html.Of(
        $"""{Shown.Text(body.Violations[0].Path)} {Shown.Text(body.Violations[0].Message)}{(body.Violations.Count > 1 ? $" (and {body.Violations.Count - 1} more)" : "")}"""));

    private static string Beginning(string text) => text.Length > BodyBeginning ? text[..BodyBeginning] + "…" : text;
}
