using LeadFunctions.Hosting;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// Who may see the run history and act on it: who shows a key, and everybody where none is set and nobody but this machine can ask. A browser's
/// session is enough to read; to act it takes a form of one of our pages besides.
/// </summary>
internal sealed class RunGate(RunOptions options, Doorkeeper doorkeeper)
{
    /// <summary>Who acts where no key is asked for.</summary>
    public const string Open = "open";

    private static readonly Problem Closed = new(
        StatusCodes.Status401Unauthorized,
        "The run history is closed",
        "Send one of Runs:Keys in the x-functions-key header or as ?code=. Without Runs:Keys it is open only to callers on this machine, not to those that a proxy lets in.");

    private static readonly Problem Foreign = new(
        StatusCodes.Status403Forbidden,
        "From another site",
        "Acts on the run history are not taken from other sites' pages, and by its Sec-Fetch-Site or Origin header this one is. Nothing was done. If it was a page of this program, let the proxy before it keep the Host header.");

    private static readonly Problem OldForm = new(
        StatusCodes.Status403Forbidden,
        "This form is out of date",
        "The page was loaded before you signed in again or the program was started anew, or the form is none of its pages'. Nothing was done: load the page again and repeat it.");

    // Open, the program answers to this machine's own names alone.
    private readonly OtherSite _otherSite = new(options.BehindHost, nameIsKept: options.Keys.Count == 0);

    /// <summary>The endpoint for those who may; a problem for all others, and when the store is away. A browser gets both as pages.</summary>
    public RequestDelegate Guard(Func<HttpContext, Task> endpoint) => Anybody(async context =>
    {
        var request = context.Request;
        var shown = IsOpenTo(request) ? new KeyResult.Right(Open) : await doorkeeper.TryAsync(context);
        var session = HttpMethods.IsGet(request.Method) ? SessionOf(request) : null;
        switch (shown)
        {
            case KeyResult.Locked locked:
                context.Response.Headers.RetryAfter = locked.Seconds;
                await ProblemPage.AnswerAsync(context, locked.Problem);
                break;
            case KeyResult.Right right when RunFormats.IsForPage(request):
                await EnterByPageAsync(context, right.Name, session, endpoint);
                break;
            case KeyResult.Right right:
                await EnterAsync(context, right.Name, null, endpoint);
                break;
            case null when session is not null:
                await EnterAsync(context, session.By, session, endpoint);
                break;
            default:
                await (RunFormats.IsForPage(request) && options.Keys.Count > 0
                    ? SignInPage.WriteAsync(context, WithoutKey(request), StatusCodes.Status401Unauthorized, shown is null ? null : "The key in the address is none of the run history's.")
                    : ProblemPage.AnswerAsync(context, Closed));
                break;
        }
    });

    /// <summary>As <see cref="Guard"/>, for the forms of the pages: with a session, and its token in the form.</summary>
    public RequestDelegate GuardForm(Func<HttpContext, IFormCollection, Task> act) => Anybody(async context =>
    {
        var session = SessionOf(context.Request);
        var form = session is null ? null : await PageForm.ReadAsync(context.Request);
        await (form is not null && FormToken.IsIn(form, session!)
            ? EnterAsync(context, session!.By, session, _ => act(context, form))
            : ProblemPage.WriteAsync(context, OldForm, session));
    });

    /// <summary>For everybody but other sites' pages.</summary>
    public RequestDelegate Anybody(Func<HttpContext, Task> endpoint) => async context =>
    {
        var changesNothing = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!changesNothing && _otherSite.Sent(context.Request))
        {
            await ProblemPage.AnswerAsync(context, Foreign);
            return;
        }

        try
        {
            await endpoint(context);
        }
        catch (StoreUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await ProblemPage.AnswerAsync(context, new Problem(StatusCodes.Status503ServiceUnavailable, "The store is away", "Not everything was done. Try again after the time in Retry-After."));
        }
    };

    /// <summary>A browser gets a session, and an address without the key: addresses are remembered, shown and sent on.</summary>
    private Task EnterByPageAsync(HttpContext context, string by, Session? session, Func<HttpContext, Task> endpoint)
    {
        if (context.Request.Query.ContainsKey("code"))
        {
            doorkeeper.Welcome(context, by);
            return SeeOther.Async(context, WithoutKey(context.Request));
        }

        // Who sends the key as a header is no browser, and needs no cookie.
        return EnterAsync(context, by, session ?? (by == Open ? doorkeeper.Welcome(context, by) : null), endpoint);
    }

    private static Task EnterAsync(HttpContext context, string by, Session? session, Func<HttpContext, Task> endpoint)
    {
        context.Features.Set(new RunCaller(by));
        context.Features.Set(session);
        return endpoint(context);
    }

    // Where no keys are set, what counts is still whether the request comes from this machine.
    private Session? SessionOf(HttpRequest request) => options.Keys.Count > 0 || IsOpenTo(request) ? doorkeeper.SessionOf(request) : null;

    private static string WithoutKey(HttpRequest request) =>
        SignInPage.Local(request.Path + QueryString.Create(request.Query.Where(pair => !pair.Key.Equals("code", StringComparison.OrdinalIgnoreCase))));

    private bool IsOpenTo(HttpRequest request) => options.IsOpen && (options.BehindHost || !Forwarded.IsOrByAnotherName(request));
}
