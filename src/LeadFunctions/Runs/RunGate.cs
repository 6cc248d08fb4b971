using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>Who may see the run history and act on it.</summary>
internal sealed class RunGate(RunOptions options)
{
    /// <summary>Who acts where no key is asked for.</summary>
    public const string Open = "open";

    private readonly AccessKeys _keys = new(options.Keys);

    /// <summary>The endpoint for those who may; a problem for all others, and when the store is away.</summary>
    public RequestDelegate Guard(Func<HttpContext, Task> endpoint) => async context =>
    {
        var by = IsOpenTo(context.Request) ? Open : _keys.Find(context.Request);
        if (Refusal(context.Request, by) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        context.Features.Set(new RunCaller(by!));

        try
        {
            await endpoint(context);
        }
        catch (StoreUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await new Problem(StatusCodes.Status503ServiceUnavailable, "The store is away", "Not everything was done. Try again after the time in Retry-After.").WriteAsync(context);
        }
    };

    private static Problem? Refusal(HttpRequest request, string? by)
    {
        if (by is null)
        {
            return new Problem(StatusCodes.Status401Unauthorized, "The run history is closed", "Send one of Runs:Keys in the x-functions-key header or as ?code=. Without Runs:Keys it is open only to callers on this machine, not to those that a proxy lets in.");
        }

        // A page on another site can make a reader's browser post here; browsers say so.
        return HttpMethods.IsPost(request.Method) && request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none")
            ? new Problem(StatusCodes.Status403Forbidden, "From another site", "Acts on the run history are not taken from other sites' pages.")
            : null;
    }

    private bool IsOpenTo(HttpRequest request) => options.IsOpen && (options.BehindHost || !Forwarded.IsOrByAnotherName(request));
}
