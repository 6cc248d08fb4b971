using LeadFunctions.Hosting;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// Who may see the run history and act on it: who shows a key, from anywhere where keys are set, from this machine alone where one was
/// made. A browser's session is enough to read; to act it takes a form of one of our pages besides.
/// </summary>
internal sealed class RunGate(RunOptions options, SignInManager signIn)
{
    private static readonly Problem Closed = new(
        StatusCodes.Status401Unauthorized,
        "The run history is closed",
        "Send one of Runs:Keys in the x-functions-key header or as ?code=. Where none is set, only callers on this machine come in, not "
        + "those that a proxy lets in, with the key of the link that is printed at the start; it is in the file runs.key beside the store."
    );

    private static readonly Problem ClosedBehindHost = Closed with
    {
        Detail = "Send one of Runs:Keys in the x-functions-key header or as ?code=. Where none is set, nobody comes in: set one.",
    };

    private static readonly Problem Foreign = new(
        StatusCodes.Status403Forbidden,
        "From another site",
        "Actions on the run history are not taken from other sites' pages, nor do those show it as a part of themselves, and by its "
        + "Sec-Fetch-Site or Origin header this one is another site's. Nothing was done. If it was a page of this program, let the proxy "
        + "before it keep the Host header.");

    private static readonly Problem OldForm = new(
        StatusCodes.Status403Forbidden,
        "This form is out of date",
        "The page was loaded before you signed in again, or the form is none of its pages'. Nothing was done: load the "
        + "page again and repeat it.");

    // For this machine alone, the program answers to the machine's own names.
    private readonly CrossSite _crossSite = new(nameIsKept: options.IsLocal);

    private Problem Refusal => options is { BehindHost: true, IsLocal: false } ? ClosedBehindHost : Closed;

    /// <summary>The endpoint for those who may; a problem for all others, and when the store is away. A browser gets both as
    /// pages.</summary>
    public RequestDelegate Guard(Func<HttpContext, Task> endpoint) =>
        AllowAnonymous(async context =>
        {
            var request = context.Request;
            var shown = await signIn.CheckKeyAsync(context);
            var session = HttpMethods.IsGet(request.Method) ? await signIn.FindSessionAsync(request) : null;
            switch (shown)
            {
                case KeyResult.Locked locked:
                    context.Response.Headers.RetryAfter = locked.Seconds;
                    await ProblemPage.AnswerAsync(context, locked.Problem);
                    break;
                case KeyResult.Right right when RunFormats.IsForPage(request) && request.Query.ContainsKey("code"):
                    // A browser gets a session, and an address without the key: addresses are remembered, shown and sent on.
                    signIn.SignIn(context, right.Name);
                    await SeeOther.Async(context, WithoutKey(request));
                    break;
                case KeyResult.Right right:
                    // Who sends the key as a header is no browser, and needs no cookie.
                    await EnterAsync(context, right.Name, RunFormats.IsForPage(request) ? session : null, endpoint);
                    break;
                case null when session is not null:
                    await EnterAsync(context, session.By, session, endpoint);
                    break;
                default:
                    await (
                        RunFormats.IsForPage(request) && options.Keys.Count > 0
                            ? SignInPage.WriteAsync(
                                context,
                                options.IsLocal,
                                WithoutKey(request),
                                StatusCodes.Status401Unauthorized,
                                shown is null ? null : "The key in the address is none of the run history's.")
                            : ProblemPage.AnswerAsync(context, Refusal));
                    break;
            }
        });

    /// <summary>As <see cref="Guard"/>, for the forms of the pages: with a session, and its token in the form.</summary>
    public RequestDelegate GuardForm(Func<HttpContext, IFormCollection, Task> act) => AllowAnonymous(async context =>
    {
        var session = await signIn.FindSessionAsync(context.Request);
        var form = session is null ? null : await PageForm.ReadAsync(context.Request);
        await (form is not null && FormToken.IsIn(form, session!)
            ? EnterAsync(context, session!.By, session, _ => act(context, form))
            : ProblemPage.WriteAsync(context, OldForm, session));
    });

    /// <summary>For everybody but other sites' pages; where no keys are set, for nobody beyond this machine. No key is looked at
    /// before.</summary>
    public RequestDelegate AllowAnonymous(Func<HttpContext, Task> endpoint) => async context =>
    {
        var request = context.Request;
        if (options is { IsLocal: true, BehindHost: false } && !Forwarded.SeemsOfThisMachine(request))
        {
            await ProblemPage.AnswerAsync(context, Closed);
            return;
        }

        var changesNothing = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (changesNothing ? CrossSite.IsEmbedded(request) : _crossSite.IsSent(request))
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
            await ProblemPage.AnswerAsync(
                context,
                new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "The store is away",
                    "Not everything was done. Try again after the time in Retry-After."));
        }
    };

    private static Task EnterAsync(HttpContext context, string by, Session? session, Func<HttpContext, Task> endpoint)
    {
        context.Features.Set(new RunCaller(by));
        context.Features.Set(session);
        return endpoint(context);
    }

    private static string WithoutKey(HttpRequest request) =>
        SignInPage.Local(
            request.Path + QueryString.Create(request.Query.Where(pair => !pair.Key.Equals("code", StringComparison.OrdinalIgnoreCase))));
}
