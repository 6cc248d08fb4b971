using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>Before many deliveries are tried again: how many they are, and by which filter.</summary>
internal static class ConfirmPage
{
    public static Html Of(FilterQuery query, int leads, int deliveries, Session? session) => Html.Of(
        $"""
        <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
        <h1>Resubmit dead letters</h1>
        {Html.When(deliveries == 0, () => Html.Of($"""<p class="empty">No dead letter matches this filter. <a href="{query.Address("/api/runs")}">Back to the list</a></p>"""))}
        {Html.When(deliveries > 0, () => Question(query, leads, deliveries, session))}
        """);

    private static Html Question(FilterQuery query, int leads, int deliveries, Session? session) => Html.Of(
        $"""
        <p class="lead-text"><strong>{Shown.Count(deliveries, "dead letter", "dead letters")}</strong> of {Shown.Count(leads, "lead", "leads")} will be tried again with the present configuration. What has arrived is not sent again.</p>
        <dl class="fields narrow">{query.Filters.Where(filter => filter.Name != "status").Select(filter => Html.Of($"<div><dt>{filter.Name}</dt><dd>{Shown.Text(filter.Value)}</dd></div>"))}{Html.When(!query.Filters.Any(filter => filter.Name != "status"), () => Html.Of($"<div><dt>Filter</dt><dd>none: all dead letters</dd></div>"))}</dl>
        <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resubmit-all", ("take", ""))}">{FormToken.Field(session)}
        <button{Html.When(session is null, () => Html.Of($" disabled"))}>Resubmit {Shown.Count(deliveries)}</button> <a class="clear" href="{query.Address("/api/runs")}">Back to the list</a></form>
        """);
}
