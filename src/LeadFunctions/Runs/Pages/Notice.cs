using System.Globalization;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// What an action came to, said on the page that follows it. The address carries one of these words and numbers, never a text: nobody can
/// make the page say something by a link.
/// </summary>
internal static class Notice
{
    private const string Parameter = "done";

    public static string AddTo(string path, string word, params IReadOnlyList<int> counts) =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Parameter}={word}-"
        + string.Join('-', counts.Select(count => count.ToString(CultureInfo.InvariantCulture)));

    public static Html Read(IQueryCollection query)
    {
        var parts = query[Parameter].ToString().Split('-');
        var counts = parts
            .Skip(1)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1)
            .ToArray();
        return counts.All(count => count >= 0) && Text(parts[0], counts) is { } text
            ? Html.Create($"""<p class="notice" id="notice" role="status">{text}</p>""")
            : Html.Nothing;
    }

    private static string? Text(string word, int[] counts) =>
        counts switch
        {
            [var count] => Text(word, count),
            [var leads, var refused] when word == "erased" => leads + refused == 0
                ? "Nothing was erased: nothing is kept of this address any more."
                : $"Erased: {Format.Erased(new Erasure(leads, refused))}.",
            _ => null,
        };

    private static string? Text(string word, int count) => (word, count) switch
    {
        ("resubmitted", 0) => "Nothing was resubmitted: there is nothing that waits or was given up on.",
        ("resubmitted", _) => $"Resubmitted: {Format.Count(count, "delivery is", "deliveries are")} being tried again.",
        ("resent", 0) => "Nothing was sent again: nothing had been delivered there.",
        ("resent", _) => $"{Format.Count(count, "delivery is", "deliveries are")} being made again.",
        ("discarded", 0) => "Nothing was discarded: it is no dead letter any more.",
        ("discarded", _) => $"Discarded: {Format.Count(count, "dead letter", "dead letters")}.",
        ("replayed", 0) => "Replayed: it is a lead now. No destination takes it.",
        ("replayed", _) => "Replayed: it is a lead now and is being delivered.",
        ("repeated", _) => "Replayed: the body repeats this lead, which was taken before. Nothing was sent again.",
        ("signedout", _) => "Signed out.",
        _ => null,
    };
}

/// <summary>An error for a person in a browser: what happened and what to do.</summary>
internal static class ProblemPage
{
    /// <summary>A page for a browser, JSON for all others.</summary>
    public static Task AnswerAsync(HttpContext context, Problem problem) =>
        RunFormats.IsForPage(context.Request) ? WriteAsync(context, problem, context.Features.Get<Session>()) : problem.WriteAsync(context);

    public static Task WriteAsync(HttpContext context, Problem problem, Session? session = null) =>
        new PageFrame(problem.Title, Render(problem), session).WriteAsync(context, problem.Status);

    private static Html Render(Problem problem) => Html.Create(
        $"""
        <h1>{problem.Title}</h1>
        <p class="lead-text">{problem.Detail}</p>
        {Html.When(problem.Errors is { Count: > 0 }, $"""<ul class="faults">{problem.Errors!.Select(Fault)}</ul>""")}
        {Html.When(
            problem.Status == StatusCodes.Status503ServiceUnavailable,
            $"""
            <p>No lead is lost by it: what can't be stored is not accepted, and its sender is told to send it again.
            <code>/api/health/ready</code> and the program's log say more.</p>
            """)}
        <p><a href="/api/runs">To the run history</a></p>
        """);

    private static Html Fault(Violation fault) =>
        Html.Create($"<li><code>{VisibleText.Escape(fault.Path)}</code> {Format.Text(fault.Message)}</li>");
}
