using LeadFunctions.Hosting;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>An error for a person in a browser: what happened and what to do.</summary>
internal static class ProblemPage
{
    /// <summary>A page for a browser, JSON for all others.</summary>
    public static Task AnswerAsync(HttpContext context, Problem problem) =>
        RunFormats.IsForPage(context.Request) ? WriteAsync(context, problem, context.Features.Get<Session>()) : problem.WriteAsync(context);

    public static Task WriteAsync(HttpContext context, Problem problem, Session? session = null) =>
        new PageFrame(problem.Title, Of(problem), session).WriteAsync(context, problem.Status);

    private static Html Of(Problem problem) => Html.Of(
        $"""
        <h1>{problem.Title}</h1>
        <p class="lead-text">{problem.Detail}</p>
        {Html.When(problem.Errors is { Count: > 0 }, () => Html.Of($"""<ul class="faults">{problem.Errors!.Select(fault => Html.Of($"<li><code>{VisibleText.Of(fault.Path)}</code> {Shown.Text(fault.Message)}</li>"))}</ul>"""))}
        {Html.When(problem.Status == StatusCodes.Status503ServiceUnavailable, () => Html.Of($"""<p>No lead is lost by it: what can't be stored is not accepted, and its sender is told to send it again. <code>/api/health/ready</code> and the program's log say more.</p>"""))}
        <p><a href="/api/runs">To the run history</a></p>
        """);
}
