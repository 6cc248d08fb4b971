using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>Before many deliveries are tried or made again: how many they are, and by which filter.</summary>
internal static class ConfirmPage
{
    public static Html Resubmit(FilterQuery query, int leads, int deliveries, Session? session) => Html.Create(
        $"""
        <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
        <h1>Resubmit dead letters</h1>
        {Html.When(deliveries == 0, () => Html.Create($"""<p class="empty">No dead letter matches this filter. <a href="{query.Address("/api/runs")}">Back to the list</a></p>"""))}
        {Html.When(deliveries > 0, () => Question(query, leads, deliveries, session))}
        """);

    /// <summary>Before everything from a time on is sent to a destination again.</summary>
    public static Html Resend(FilterQuery query, int deliveries, Session? session) => Html.Create(
        $"""
        <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
        <h1>Send again</h1>
        {Html.When(deliveries == 0, () => Html.Create($"""<p class="empty">Nothing was delivered there by this filter. <a href="{query.Address("/api/runs")}">Back to the list</a></p>"""))}
        {Html.When(deliveries > 0, () => Html.Create(
            $"""
            <p class="lead-text"><strong>{Format.Count(deliveries, "delivery", "deliveries")}</strong> to <strong>{query["destination"]}</strong> will be made again, those that have arrived too. A mail would be there twice; a row that is there already is left as it is or written over.</p>
            {Filters(query)}
            <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resend-all", ("take", ""))}">{FormToken.Field(session)}
            <label class="check"><input type="checkbox" name="delivered" value="yes" required> Send again what has arrived</label>
            <button{Html.When(session is null, () => Html.Create($" disabled"))}>Send {Format.Count(deliveries)} again</button> <a class="clear" href="{query.Address("/api/runs")}">Back to the list</a></form>
            """))}
        """);

    private static Html Filters(FilterQuery query) => Html.Create(
        $"""<dl class="fields narrow">{query.Filters.Where(filter => filter.Name != "status").Select(filter => Html.Create($"<div><dt>{filter.Name}</dt><dd>{Format.Text(filter.Value)}</dd></div>"))}{Html.When(!query.Filters.Any(filter => filter.Name != "status"), () => Html.Create($"<div><dt>Filter</dt><dd>none: all dead letters</dd></div>"))}</dl>""");

    private static Html Question(FilterQuery query, int leads, int deliveries, Session? session) => Html.Create(
        $"""
        <p class="lead-text"><strong>{Format.Count(deliveries, "dead letter", "dead letters")}</strong> of {Format.Count(leads, "lead", "leads")} will be tried again with the present configuration. What has arrived is not sent again.</p>
        {Filters(query)}
        <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resubmit-all", ("take", ""))}">{FormToken.Field(session)}
        <button{Html.When(session is null, () => Html.Create($" disabled"))}>Resubmit {Format.Count(deliveries)}</button> <a class="clear" href="{query.Address("/api/runs")}">Back to the list</a></form>
        """);
}
