using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>One body that was not accepted: every fault, the body, and the way to make it a lead after all.</summary>
internal static class RefusedPage
{
    /// <summary>More than anybody reads, and each letter may take twelve bytes on the page.</summary>
    private const int MostShown = 64_000;

    public static Html Render(RefusedBody body, Session? session) => Render(body, body.Text, session);

    private static Html Render(RefusedBody body, string text, Session? session) => Html.Create(
        $"""
        <nav class="trail" aria-label="Where you are"><a href="/api/runs">Run history</a> / <a href="/api/runs?status=refused">Refused
        bodies</a></nav>
        <div class="heading" id="heading" data-part><h1>Refused body</h1>{StateLabel.For("refused").Badge}
        <p class="minor">{Format.Time(body.ReceivedAt)} from
        {body.Source}{Html.When(body.Event is not null, $" ({Format.Text(body.Event)})")}, answered with HTTP {body.HttpStatus}</p></div>
        <section aria-labelledby="faults-title"><h2 id="faults-title">What was wrong</h2>
        <ul class="faults">{body.Violations.Select(Fault)}</ul></section>
        <section id="replay" aria-labelledby="replay-title" data-part><h2 id="replay-title">Replay</h2>{Replay(body, session)}</section>
        <section aria-labelledby="body-title"><h2 id="body-title">The body</h2>
        <p class="minor">{Format.Count(body.Body.Length, "byte", "bytes")}, as it
        came{(body.HttpStatus == StatusCodes.Status413PayloadTooLarge ? "; only its beginning was kept" : "")}{(text.Length > MostShown
            ? "; what stands behind the “…” is in the JSON"
            : "")}.
        <code>{body.Id.ToString()}</code></p>
        <pre tabindex="0" role="region" aria-label="The body’s text">{VisibleText.Escape(Beginning(text))}</pre></section>
        """);

    private static string Beginning(string text) =>
        text.Length > MostShown ? text[..(char.IsHighSurrogate(text[MostShown - 1]) ? MostShown - 1 : MostShown)] + "…" : text;

    private static Html Fault(Violation fault) => Html.Create(
        $"""
        <li><code>{VisibleText.Escape(fault.Path.Length == 0 ? "(the whole body)" : fault.Path)}</code> {Format.Text(fault.Message)}</li>
        """);

    private static Html Replay(RefusedBody body, Session? session) =>
        body.ReplayedAt is { } at ? Html.Create(
            $"""
            <p>Replayed {Format.Time(at)} by key <bdi>{body.ReplayedBy}</bdi>:
            {(body.Repeats is null ? "it became a lead" : "it repeats a lead that was taken before")},
            <a href="/api/runs/{(body.Repeats ?? body.Id).ToString()}">see what became of it</a>.</p>
            """)
        : body.HttpStatus == StatusCodes.Status413PayloadTooLarge
            ? Html.Create($"<p>It was not kept as a whole, so it can't be replayed.</p>")
        : session is null ? Html.Nothing
        : Html.Create(
            $"""
            <p>After the schema was changed, check it again. If it passes, it becomes a lead and is delivered; if it repeats a lead that was
            taken meanwhile, nothing is sent.</p>
            <form method="post" action="/api/runs/acts/replay">
            {FormToken.Field(session)}{Format.Hidden("refused", body.Id.ToString())}<button>Replay</button></form>
            """);
}
