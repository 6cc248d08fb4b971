using System.Globalization;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>Before many deliveries are tried or made again: how many they are, and by which filter.</summary>
internal static class ConfirmPage
{
    public static Html Resubmit(FilterQuery query, BulkCount count, Session? session) => Page(
        query,
        "Resubmit dead letters",
        count is { Deliveries: 0, Next: null } ? "No dead letter matches this filter." : null,
        Html.Create(
            $"""
            <p class="lead-text"><strong>{AtLeast(count)}{Format.Count(count.Deliveries, "dead letter", "dead letters")}</strong>
            of {Format.Count(count.Leads, "lead", "leads")} will be tried again with the present configuration. What has arrived is not sent
            again.</p>
            {Filters(query)}
            <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resubmit-all", ("take", ""))}">
            {FormToken.Field(session)}
            <button{Html.When(session is null, $" disabled")}>Resubmit {All(count)}</button> {Back(query)}</form>
            """));

    /// <summary>Before everything from a time on is sent to a destination again.</summary>
    /// <param name="asked">Now: what is sent again from then on isn't once more.</param>
    public static Html Resend(FilterQuery query, BulkCount count, DateTimeOffset asked, Session? session) => Page(
        query,
        "Send again",
        count is { Deliveries: 0, Next: null } ? "Nothing was delivered there by this filter." : null,
        Html.Create(
            $"""
            <p class="lead-text"><strong>{AtLeast(count)}{Format.Count(count.Deliveries, "delivery", "deliveries")}</strong>
            to <strong>{query["destination"]}</strong> will be made again, those that have arrived too. A mail would be there twice; a row
            that is there already is left as it is or written over.</p>
            {Filters(query)}
            <form class="buttons" method="post" action="{query.Address("/api/runs/acts/resend-all", ("take", ""))}">
            {FormToken.Field(session)}{Format.Hidden(BulkResend.AskedParameter, Format.Iso(asked))}
            <label class="check"><input type="checkbox" name="delivered" value="yes" required> Send again what has arrived</label>
            <button{Html.When(session is null, $" disabled")}>Send {All(count)} again</button> {Back(query)}</form>
            """));

    // Counting took too long for one answer.
    private static string AtLeast(BulkCount count) => count.Next is null ? "" : "At least ";

    private static string All(BulkCount count) => count.Next is null ? Format.Count(count.Deliveries) : "all";

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

/// <summary>
/// Between the steps of an action that takes longer than one answer may: what is done so far, and the form that goes on. The script sends
/// it by itself; without one, a person does.
/// </summary>
internal static class GoOnPage
{
    private const string Done = "done";

    /// <summary>What the steps before have done.</summary>
    public static int DoneIn(IFormCollection form, string field = Done) =>
        int.TryParse(form[field], NumberStyles.None, CultureInfo.InvariantCulture, out var done) ? done : 0;

    /// <param name="kept">Further fields of the form, as the step before had them.</param>
    public static Task WriteAsync(
        HttpContext context,
        string title,
        string soFar,
        int done,
        LeadId next,
        IEnumerable<(string Name, string Value)> kept)
    {
        var session = RunPages.CurrentSession(context);
        var page = Html.Create(
            $"""
            <h1>{title}</h1>
            <p class="lead-text" role="status">{soFar} It goes on.</p>
            <form class="buttons" method="post" action="{context.Request.Path + context.Request.QueryString}" data-go-on>
            {FormToken.Field(session)}
            {Format.Hidden(ActionSteps.Next, next.ToString())}{Format.Hidden(Done, done.ToString(CultureInfo.InvariantCulture))}
            {kept.Select(field => Format.Hidden(field.Name, field.Value))}
            <button>Go on</button> <a class="clear" href="/api/runs">Stop here</a></form>
            """);
        return new PageFrame(title, page, session).WriteAsync(context);
    }
}
