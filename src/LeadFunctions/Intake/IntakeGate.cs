using System.Threading.RateLimiting;
using LeadFunctions.Hosting;

namespace LeadFunctions.Intake;

/// <summary>
/// Who may post, and how often. Behind the Functions host the host has checked the function's key already; alone the program
/// checks its own keys; with none (on loopback only) everybody is let in.
/// </summary>
internal sealed class IntakeGate(IntakeOptions options, bool behindHost) : IDisposable
{
    private readonly AccessKeys _keys = new(behindHost ? [] : options.Keys);

    private readonly PartitionedRateLimiter<string>? _limiter = options.RateLimit == 0 ? null : PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RateLimit,
            TokensPerPeriod = options.RateLimit,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Null when the caller may go on; otherwise the status to answer with: 401 or 429.</summary>
    public int? Refusal(HttpRequest request)
    {
        if (_keys.IsEmpty && !behindHost && Forwarded.Is(request))
        {
            // Without keys the program serves this machine; what a proxy lets in comes from elsewhere.
            return StatusCodes.Status401Unauthorized;
        }

        var key = "";
        if (!_keys.IsEmpty)
        {
            var found = _keys.Find(request);
            if (found is null)
            {
                return StatusCodes.Status401Unauthorized;
            }

            key = found;
        }

        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null : StatusCodes.Status429TooManyRequests;
    }

    public void Dispose() => _limiter?.Dispose();
}
