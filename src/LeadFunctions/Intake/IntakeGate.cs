using System.Threading.RateLimiting;
using LeadFunctions.Hosting;
using LeadFunctions.Settings;

namespace LeadFunctions.Intake;

/// <summary>
/// Who may post, and how often. Behind the Functions host the host has checked the function's key already; alone the program checks its
/// own keys; with
/// none it takes what seems to come from this machine and from no other site's page.
/// </summary>
internal sealed class IntakeGate(IntakeOptions options, StartEnvironment start, TimeProvider time) : IDisposable
{
    private readonly AccessKeys _keys = new(start.BehindHost ? [] : options.Keys);
    private readonly LockOut _lockOut = new(time);
    private readonly ClientAddress _address = new(start.TrustedProxies);
    private readonly CrossSite _crossSite = new(nameIsKept: true);

    private readonly PartitionedRateLimiter<string>? _limiter = options.RateLimit == 0 ? null : PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RateLimit,
            TokensPerPeriod = options.RateLimit,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Null when the caller may go on; otherwise the status to answer with: 401, 403 or 429. A wrong key is answered the later,
    /// the more there were.</summary>
    public async ValueTask<int?> RefusalAsync(HttpContext context)
    {
        var request = context.Request;
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

        if (_keys.Find(request) is { } key)
        {
            return Limited(key);
        }

        if (AccessKeys.ReadAllFrom(request) is { } wrong)
        {
            await _lockOut.WrongAsync(_address.Find(context), wrong, context.RequestAborted);
        }

        return StatusCodes.Status401Unauthorized;
    }

    public void Dispose() => _limiter?.Dispose();

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
