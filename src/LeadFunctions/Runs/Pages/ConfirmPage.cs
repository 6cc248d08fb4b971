using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>Before many deliveries are tried or made again: how many they are, and by which filter.</summary>
internal static class ConfirmPage
{
    public static Html Resubmit(FilterQuery query, BulkCount count, Session? session) => Page(
        query,
        "Resubmit dead letters",
        count.Deliveries == 0 ? "No dead letter matches this filter." : null,
        Html.Create(
            $"""
            <p class="lead-text"><strong>{Format.Count(count.Deliveries, "dead letter", "dead letters")}</strong>
            of {Format.Count(count.Leads, "lead", "leads")} will be tried again with the present configuration. What has arrived is not sent
            again.</p>
            {Filters(query)}
            <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resubmit-all", ("take", ""))}">
            {FormToken.Field(session)}
            <button{Html.When(session is null, $" disabled")}>Resubmit {Format.Count(count.Deliveries)}</button> {Back(query)}</form>
            """));

    /// <summary>Before everything from a time on is sent to a destination again.</summary>
    public static Html Resend(FilterQuery query, BulkCount count, Session? session) => Page(
        query,
        "Send again",
        count.Deliveries == 0 ? "Nothing was delivered there by this filter." : null,
        Html.Create(
            $"""
            <p class="lead-text"><strong>{Format.Count(count.Deliveries, "delivery", "deliveries")}</strong>
            to <strong>{query["destination"]}</strong> will be made again, those that have arrived too. A mail would be there twice; a row
            that is there already is left as it is or written over.</p>
            {Filters(query)}
            <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resend-all", ("take", ""))}">
            {FormToken.Field(session)}
            <label class="check"><input type="checkbox" name="delivered" value="yes" required> Send again what has arrived</label>
            <button{Html.When(session is null, $" disabled")}>Send {Format.Count(count.Deliveries)} again</button> {Back(query)}</form>
            """));

    private static Html Page(FilterQuery query, string title, string? nothing, Html question) => Html.Create(
        $"""
        <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
        <h1>{title}</h1>
        {(nothing is null ? question : Html.Create($"""<p class="empty">{nothing} <a href="{List(query)}">Back to the list</a></p>"""))}
        """);

    private static Html Filters(FilterQuery query)
    {
        var filters = query.Filters.Where(filter => filter.Name != "status").ToArray();
        return Html.Create(
            $"""
            <dl class="fields narrow">
            {filters.Select(filter => Html.Create($"<div><dt>{filter.Name}</dt><dd>{Format.Text(filter.Value)}</dd></div>"))}
            {Html.When(filters.Length == 0, $"<div><dt>Filter</dt><dd>none: all dead letters</dd></div>")}
            </dl>
            """);
    }

    private static Html Back(FilterQuery query) => Html.Create($"""<a class="clear" href="{List(query)}">Back to the list</a>""");

    private static string List(FilterQuery query) => query.Address("/api/runs");
}
