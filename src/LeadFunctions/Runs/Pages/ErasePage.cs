using System.Globalization;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>What the forms of <see cref="ErasePage"/> do: count, and after a confirmation of that very address erase.</summary>
internal sealed class EraseActions(IActionStore store, TimeProvider time)
{
    /// <summary>Refused bodies that the steps before have erased.</summary>
    private const string Bodies = "bodies";

    private static readonly Problem Unconfirmed = new(
        StatusCodes.Status403Forbidden,
        "This was not confirmed",
        "The form is none that said how much there is of this address. Nothing was erased: begin again.");

    public static Task AskAsync(HttpContext context) =>
        WriteAsync(context, ErasePage.Ask(RunPages.CurrentSession(context), Notice.Read(context.Request.Query)));

    public async Task CountAsync(HttpContext context, IFormCollection form)
    {
        var session = RunPages.CurrentSession(context)!;
        var address = Address(form);
        if (!EraseEndpoint.IsAddress(address))
        {
            await WriteAsync(
                context,
                ErasePage.Ask(session, Html.Nothing, address, "This is no e-mail address."),
                StatusCodes.Status400BadRequest);
            return;
        }

        var found = await ActionSteps.EraseAsync(store, address, countOnly: true, null, context.CallerName(), time);
        await WriteAsync(
            context,
            found == default ? ErasePage.Ask(session, ErasePage.Nothing(address)) : ErasePage.Confirm(session, address, found));
    }

    public async Task EraseAsync(HttpContext context, IFormCollection form)
    {
        var address = Address(form);
        if (!EraseEndpoint.IsAddress(address) || !FormToken.IsProven(form, RunPages.CurrentSession(context)!, ErasePage.Action(address)))
        {
            await ProblemPage.WriteAsync(context, Unconfirmed, RunPages.CurrentSession(context));
            return;
        }

        var after = RunListRequest.ParseNext(form[ActionSteps.Next].ToString());
        var erased = await ActionSteps.EraseAsync(store, address, countOnly: false, after, context.CallerName(), time);
        var (leads, refused) = (GoOnPage.DoneIn(form) + erased.Leads, GoOnPage.DoneIn(form, Bodies) + erased.Refused);
        if (erased.Next is { } next)
        {
            (string, string)[] kept =
            [
                ("email", address), (Bodies, refused.ToString(CultureInfo.InvariantCulture)),
                (FormToken.ProofName, form[FormToken.ProofName].ToString()),
            ];
            var soFar = $"{Format.Erased(new Erasure(leads, refused))} erased so far.";
            await GoOnPage.WriteAsync(context, "Erase a person’s data", soFar, leads, next, kept);
            return;
        }

        await SeeOther.Async(context, Notice.AddTo("/api/runs/erase", "erased", leads, refused));
    }

    private static string Address(IFormCollection form) => EmailText.Clean(form["email"].ToString());

    private static Task WriteAsync(HttpContext context, Html page, int status = StatusCodes.Status200OK) =>
        new PageFrame("Erase a person’s data", page, RunPages.CurrentSession(context)).WriteAsync(context, status);
}

/// <summary>
/// Erasing one person's data in two steps: whose, and how much there is. The address travels in forms alone, never in an address of a page.
/// </summary>
internal static class ErasePage
{
    /// <summary>What the second step proves: that this browser was told how much there is of this address.</summary>
    public static string Action(string address) => $"erase {address}";

    /// <param name="typed">What stood in the field before.</param>
    /// <param name="problem">Why that was not taken.</param>
    public static Html Ask(Session? session, Html notice, string? typed = null, string? problem = null) => Html.Create(
        $"""
        {Trail}
        {notice}
        <h1>Erase a person’s data</h1>
        {Html.When(problem is not null, $"""<p class="notice problem" role="alert" id="problem">{problem}</p>""")}
        <p class="lead-text">By e-mail address. First you see how much there is; nothing is erased before you confirm it.</p>
        <form class="sheet" method="post" action="/api/runs/acts/erase-count">{FormToken.Field(session)}
        <div class="field"><label for="email">The person’s e-mail address</label>
        <input id="email" name="email" value="{typed}" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false"
        maxlength="{EraseEndpoint.LongestAddress}" required
        {Html.When(problem is not null, $""" aria-invalid="true" aria-describedby="problem" """)}></div>
        <div class="buttons"><button{Disabled(session)}>See how much there is</button></div></form>
        {What}
        """);

    public static Html Nothing(string address) =>
        Html.Create($"""<p class="notice" id="notice" role="status">Nothing is kept of {Format.Text(address)}.</p>""");

    public static Html Confirm(Session session, string address, Erasure found) => Html.Create(
        $"""
        {Trail}
        <h1>Erase {AtLeast(found)}{Format.Erased(found)}?</h1>
        <p class="lead-text"><strong>{AtLeast(found)}{Format.Erased(found)}</strong> have {Format.Text(address)} in them.
        Erasing can’t be taken back.</p>
        <form class="buttons" method="post" action="/api/runs/acts/erase">
        {FormToken.Field(session)}{FormToken.Proof(session, Action(address))}{Format.Hidden("email", address)}
        <button class="danger">Erase for good</button> <a class="clear" href="/api/runs/erase">Don’t erase</a></form>
        {What}
        """);

    // Counting took too long for one answer.
    private static string AtLeast(Erasure found) => found.Next is null ? "" : "at least ";

    private static Html Trail =>
        Html.Create($"""<nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a></nav>""");

    private static Html What =>
        Html.Create(
            $"""
            <section aria-labelledby="what-title"><h2 id="what-title">What erasing does</h2>
            <ul class="faults">
            <li>Of the person’s own leads the offer, the action and the lead source stay. What was sent, answered and noted is emptied; what
            was not delivered yet is discarded.</li>
            <li>A lead of somebody else that mentions the address loses the mention alone.</li>
            <li>A refused body with the address in it is emptied.</li>
            <li>Each run says when it was done, and by which key. Rows, mails and files that were delivered before, and backups, are yours
            to clean.</li>
            </ul></section>
            """);

    private static Html Disabled(Session? session) => Html.When(session is null, $" disabled");
}
