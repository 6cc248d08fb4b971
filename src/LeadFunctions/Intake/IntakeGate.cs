using System.Threading.RateLimiting;
using LeadFunctions.Hosting;
using LeadFunctions.Settings;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>
/// Who may post, and how often. Behind the Functions host the host has checked the function's key already; alone the program checks its
/// own keys; with none it takes what seems to come from this machine and from no other site's page.
/// </summary>
internal sealed class IntakeGate(IntakeOptions options, StartEnvironment start, TimeProvider time) : IDisposable
{
    private readonly AccessKeys _keys = new(start.BehindHost ? [] : options.Keys);
    private readonly LockOut _lockOut = new(time);
    private readonly ClientAddress _address = new(start.TrustedProxies);
    private readonly CrossSite _crossSite = new(nameIsKept: true);

    private readonly PartitionedRateLimiter<string>? _limiter =
        options.RateLimit == 0
            ? null
            : PartitionedRateLimiter.Create<string, string>(key =>
                RateLimitPartition.GetTokenBucketLimiter(
                    key,
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = options.RateLimit,
                        TokensPerPeriod = options.RateLimit,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                        QueueLimit = 0,
                    }));

    /// <summary>
    /// True when the caller may go on; otherwise the response has been sent: 401, 403 or 429. Each wrong key delays the response to the
    /// next one further.
    /// </summary>
    public async ValueTask<bool> AdmitAsync(HttpContext context)
    {
        if (Refusal(context.Request) is not { } status)
        {
            return true;
        }

        if (status == StatusCodes.Status401Unauthorized && !_keys.IsEmpty && AccessKeys.ReadAllFrom(context.Request) is { } wrong)
        {
            await _lockOut.WrongAsync(_address.Find(context), wrong, context.RequestAborted);
        }

        LeadMetrics.TurnAway(status);
        if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await Said(status).WriteAsync(context);
        return false;
    }

    public void Dispose() => _limiter?.Dispose();

    private static Problem Said(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => new Problem(
            status,
            "Too many posts",
            "More posts a second than Intake:RateLimit allows for this key. Send it again after the time in Retry-After."),
        StatusCodes.Status403Forbidden => new Problem(
            status,
            "From another site",
            "By its Sec-Fetch-Site or Origin header another site's page made a browser send this. "
                + "Without Intake:Keys that is not taken: set a key, and send it along."),
        _ => new Problem(
            status,
            "The key is missing or wrong",
            "Append ?code=KEY to the URL, or send the key in the x-functions-key header. KEY is one of Intake:Keys; without any, "
                + "posts are taken only from this machine itself and by its own name (localhost), not by way of a proxy."),
    };

    private int? Refusal(HttpRequest request)
    {
        if (start.BehindHost)
        {
            return Limited("");
        }

        if (_keys.IsEmpty)
        {
            return !Forwarded.SeemsOfThisMachine(request) ? StatusCodes.Status401Unauthorized
                : _crossSite.IsSent(request) ? StatusCodes.Status403Forbidden
                : Limited("");
        }

        return _keys.Find(request) is { } key ? Limited(key) : StatusCodes.Status401Unauthorized;
    }

    private int? Limited(string key)
    {
        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null : StatusCodes.Status429TooManyRequests;
    }
}
