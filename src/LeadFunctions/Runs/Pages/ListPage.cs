using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>The list: how many of which state, leads per day, a filter, and the leads or the refused bodies, newest first.</summary>
internal static class ListPage
{
    public static Html Render(FilterQuery query, RunSummary summary, IReadOnlyList<string> destinations, Page<Run> page) =>
        Render(query, summary, destinations, page, runs => Html.Create($"{RunRows.Table(runs)}{DeliveryTimes.Times(runs)}"));

    public static Html Render(FilterQuery query, RunSummary summary, IReadOnlyList<string> destinations, Page<RefusedBody> page) =>
        Render(query, summary, destinations, page, RefusedList.Table);

    /// <summary>A filter that can't be read: what is wrong with it, and the form to put it right.</summary>
    public static Html Render(FilterQuery query, IReadOnlyList<string> destinations, IReadOnlyList<Violation> faults) => Html.Create(
        $"""
        <h1>Run history</h1>
        <div class="notice problem" role="alert"><p>The filter can't be read:</p>
        <ul>{faults.Select(fault => Html.Create($"<li><strong>{fault.Path}</strong> {fault.Message}</li>"))}</ul>
        <p>Put it right below, or <a href="/api/runs">show all leads</a>.</p></div>
        {FilterForm.Render(query, destinations)}
        """);

    private static Html Render<T>(
        FilterQuery query,
        RunSummary summary,
        IReadOnlyList<string> destinations,
        Page<T> page,
        Func<IReadOnlyList<T>, Html> table) => Html.Create(
        $"""
        <h1>Run history</h1>
        <div class="overview">
        <nav class="counts" id="counts" aria-label="Leads by state" data-part>{StateCounts.Render(query, summary)}</nav>
        <section class="days" id="days" aria-labelledby="days-title" data-part>{DayChart.Render(summary.Days)}</section>
        </div>
        {FilterForm.Render(query, destinations)}
        <section aria-labelledby="list-title" id="list" data-part>
        <h2 id="list-title">{Title(query)}</h2>
        {(page.Items.Count == 0 ? Empty(query, summary) : table(page.Items))}
        {Below(query, page.Items.Count, page.Next)}
        </section>
        <p class="minor"><a href="/api/runs/erase">Erase a person’s data…</a></p>
        """);

    private static string Title(FilterQuery query) =>
        query["status"].Length > 0 ? StateLabel.For(query["status"]).Label + (query.Filters.Count() > 1 ? ", filtered" : "")
        : query.IsEmpty ? "All leads"
        : "Filtered leads";

    private static Html Below(FilterQuery query, int shown, LeadId? next) => Html.When(shown > 0 || query.IsNextPage,
        $"""
        <nav class="pages" aria-label="Pages and downloads">
        <span class="minor">{Format.Count(shown, "shown", "shown")}{(next is null ? ", the last page" : "")}</span>
        {Html.When(query.IsNextPage, $"""<a href="{query.Address("/api/runs")}">First page</a>""")}
        {Html.When(next is not null, $"""<a href="{query.Address("/api/runs", ("next", next.ToString()!))}" rel="next">Next page</a>""")}
        <span class="push"></span>
        {Html.When(
            shown > 0 && query["status"] == "dead_letter",
            $"""<a href="{query.Address("/api/runs/resubmit", ("take", ""))}">Resubmit all of these…</a>""")}
        {Html.When(
            shown > 0 && query["status"].Length == 0 && !query.IsEmpty,
            $"""<a href="{query.Address("/api/runs/resubmit", ("take", ""))}">Resubmit the dead letters among these…</a>""")}
        {Html.When(
            shown > 0 && query["status"].Length == 0 && query["destination"].Length > 0 && query["from"].Length > 0,
            $"""<a href="{query.Address("/api/runs/resend", ("take", ""))}">Send all of these again…</a>""")}
        <a href="{query.Address("/api/runs", ("format", "csv"), ("take", ""))}" download>Download as CSV</a>
        </nav>
        """);

    private static Html Empty(FilterQuery query, RunSummary summary) =>
        query.IsNextPage
            ? Html.Create($"""<p class="empty">Nothing more here. <a href="{query.Address("/api/runs")}">Back to the first page</a></p>""")
        : query.IsEmpty ? NoLeadYet
        : query["status"] == "dead_letter" && query.Filters.Count() == 1
            ? Html.Create($"""<p class="empty">No dead letters: nobody has to look at anything.</p>""")
        : Html.Create(
            $"""
            <p class="empty">Nothing matches this filter.
            {Html.When(
                summary.Refused > 0 && query["status"] != "refused",
                $"""A body that was not accepted is no lead: it is among the <a href="/api/runs?status=refused">refused bodies</a>. """)}
            <a href="/api/runs">Show all leads</a></p>
            """);

    private static Html NoLeadYet => Html.Create(
        $$"""
        <div class="empty"><p>No lead yet. Send a test from this machine:</p>
        <pre tabindex="0" role="region" aria-label="Command">
        curl -X POST "http://localhost:7071/api/leads" -H "Content-Type: application/json" \
          -d '{"UserDetails":{"FirstName":"Some","LastName":"One","Email":"someone@contoso.com"},
          "LeadSource":"AzureMarketplace","OfferTitle":"MSFT_TEST_1"}'</pre>
        <p>Elsewhere, put the program's address in place of localhost:7071 and add <code>?code=KEY</code>. In Partner Center,
        <em>Validate</em> sends one too. What is refused is listed under <a href="/api/runs?status=refused">refused bodies</a>.</p></div>
        """);
}

/// <summary>Leads as the rows of a table. On a narrow screen each row is a card; the roles keep it a table for screen readers.</summary>
internal static class RunRows
{
    public static Html Table(IReadOnlyList<Run> runs) => Html.Create(
        $"""
        <table class="rows" role="table" aria-labelledby="list-title">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Received</th><th role="columnheader" scope="col">Lead</th>
        <th role="columnheader" scope="col">Offer</th><th role="columnheader" scope="col">Source</th><th role="columnheader"
        scope="col">State</th><th role="columnheader" scope="col">Destinations</th></tr></thead>
        <tbody id="rows" role="rowgroup" data-rows>
        {runs.Select(Row)}
        </tbody></table>
        """);

    private static Html Row(Run run)
    {
        var (lead, content) = (run.Lead, run.Lead.Content);
        return Html.Create(
            $"""
            <tr role="row" id="r-{lead.Id.ToString()}"><td role="cell" class="at">{Format.Time(lead.ReceivedAt)}</td>
            <th role="rowheader" scope="row" class="who"><a href="/api/runs/{lead.Id.ToString()}">{Format.Text(Format.Name(lead))}</a>
            {Format.Marks(lead)}<span class="minor">{Format.Beginning(content.Text("UserDetails", "Company"))}</span></th>
            <td role="cell" class="offer">{Format.Beginning(content.Text("OfferTitle"))}<span
            class="minor">{Format.Beginning(lead.Facts.Action)}</span></td>
            <td role="cell" class="source">{lead.Source}<span class="minor">{Format.Text(lead.Event)}</span></td>
            <td role="cell" class="state">{StateLabel.For(RunStatus.For(run)).Badge}{Html.When(
                run.RepeatedAt.Count > 0,
                $"""<span class="minor">{Format.Count(run.RepeatedAt.Count, "repeat", "repeats")}</span>""")}</td>
            <td role="cell" class="to"><ul class="deliveries">{run.Deliveries.Select(Delivery)}</ul></td></tr>
            """);
    }

    private static Html Delivery(RunDelivery delivery)
    {
        var state = StateLabel.For(delivery.State.Status);
        return Html.Create(
            $"""<li class="{state.Word}"><span class="sign" aria-hidden="true">{state.Sign}</span>{delivery.Destination}"""
            + $"""<span class="unseen">: {state.Label}</span></li>""");
    }
}

/// <summary>Bodies that were not accepted, as the rows of a table.</summary>
internal static class RefusedList
{
    private const int BodyBeginning = 120;

    public static Html Table(IReadOnlyList<RefusedBody> bodies) => Html.Create(
        $"""
        <table class="rows refused-rows" role="table" aria-labelledby="list-title">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Received</th><th role="columnheader"
        scope="col">Answer</th><th role="columnheader" scope="col">What was wrong</th><th role="columnheader" scope="col">Source</th>
        </tr></thead>
        <tbody id="rows" role="rowgroup" data-rows>
        {bodies.Select(Row)}
        </tbody></table>
        """);

    private static Html Row(RefusedBody body) => Html.Create(
        $"""
        <tr role="row" id="r-{body.Id.ToString()}"><th role="rowheader" scope="row" class="at"><a
        href="/api/runs/refused/{body.Id.ToString()}">{Format.Time(body.ReceivedAt)}</a></th>
        <td role="cell" class="state">{StateLabel.For("refused").Badge} <span class="minor">HTTP
        {body.HttpStatus}{(body.ReplayedAt is null ? "" : ", replayed")}</span></td>
        <td role="cell" class="who">{Faults(body)}<span class="minor clip">{Format.Text(Beginning(body.Text))}</span></td>
        <td role="cell" class="source">{body.Source}<span class="minor">{Format.Text(body.Event)}</span></td></tr>
        """);

    private static Html Faults(RefusedBody body)
    {
        var faults = body.Violations;
        var more = faults.Count > 1 ? $" (and {faults.Count - 1} more)" : "";
        return Html.When(faults.Count > 0, $"{Format.Text(faults[0].Path)} {Format.Text(faults[0].Message)}{more}");
    }

    private static string Beginning(string text) => text.Length > BodyBeginning ? text[..BodyBeginning] + "…" : text;
}
