using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>One lead: where its deliveries stand and what can be done, what it says, and everything that happened to it in time order.</summary>
internal static class RunPage
{
    public static string Title(Run run) => VisibleText.Of(Shown.Name(run.Lead));

    public static Html Of(Run run, IReadOnlyDictionary<string, string> kinds, Func<RunDelivery, string?> preview, Session? session)
    {
        var undelivered = run.Deliveries.Count(delivery => delivery.State.Status is DeliveryStatus.DeadLetter or DeliveryStatus.Pending);
        return Html.Of(
            $"""
            <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>
            <div class="heading" id="heading" data-part><h1>{Shown.Text(Shown.Name(run.Lead))}</h1>{StateWords.Of(RunStatus.Of(run)).Badge}{Shown.Marks(run.Lead)}
            <p class="minor">{Shown.Text(run.Lead.Content.Text("UserDetails", "Company"))}</p></div>
            <section id="deliveries" aria-labelledby="deliveries-title" data-part><div class="bar"><h2 id="deliveries-title">Deliveries</h2>
            {Html.When(session is not null && undelivered > 1, () => ResubmitAll(run, undelivered, session!))}</div>
            {Html.When(run.Deliveries.Count == 0, () => Html.Of($"""<p class="empty">No destination takes this lead: see <code>Sources</code>, <code>Events</code> and <code>When</code> of the destinations. It is kept.</p>"""))}
            <div class="cards">{run.Deliveries.Select(delivery => DeliveryCard.Of(run, delivery, kinds.GetValueOrDefault(delivery.Destination), preview(delivery), session))}</div>
            </section>
            <div class="columns">
            <section id="happened" aria-labelledby="happened-title" data-part><h2 id="happened-title">What happened</h2>
            <ol class="timeline">{Timeline.Of(run)}</ol></section>
            <section aria-labelledby="lead-title"><h2 id="lead-title">The lead</h2>
            <dl class="fields">{LeadFields.Of(run.Lead)}</dl></section>
            </div>
            """);
    }

    private static Html ResubmitAll(Run run, int undelivered, Session session) => Html.Of(
        $"""
        <form method="post" action="/api/runs/acts/resubmit">{FormToken.Field(session)}{Shown.Hidden("lead", run.Lead.Id.ToString())}
        <button>Resubmit all undelivered ({undelivered})</button></form>
        """);
}
