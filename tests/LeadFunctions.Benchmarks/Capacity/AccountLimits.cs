using Azure;
using LeadFunctions.Tests.Simulation;

namespace LeadFunctions.Benchmarks.Capacity;

/// <summary>
/// The documented limits of a storage account ("Scalability and performance targets"): 2,000 entities/s for a partition, 20,000/s for the
/// account, 2,000 messages/s for a queue. Each entity that is read or changed counts, a request at least as one, and one of the queue as
/// one of the account's. Beyond a limit the answer is 503 with a Retry-After of a second, and the SDK tries three times again.
/// </summary>
internal sealed class AccountLimits(SimulatedLoop loop)
{
    public const int EntitiesASecond = 20_000;

    private const int MostTries = 4;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>To the service and back.</summary>
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, Bucket> _partitions = new(StringComparer.Ordinal);
    private readonly Bucket _account = new(EntitiesASecond);
    private readonly Bucket _queue = new(2_000);

    /// <summary>Of the table service; a transaction of many changes is one.</summary>
    public int TableRequests { get; private set; }

    public int QueueRequests { get; private set; }

    /// <summary>Entities and requests of the queue that were let through.</summary>
    public int Used { get; private set; }

    public Task<T> TableAsync<T>(SimulatedContext context, string partition, Func<int> entities, Func<T> serve)
    {
        var bucket = _partitions.TryGetValue(partition, out var known) ? known : _partitions[partition] = new Bucket(2_000);
        return SendAsync(context, bucket, () => Math.Max(1, entities()), entitiesOfAccount: true, () =>
        {
            TableRequests++;
            return serve();
        });
    }

    public Task<T> QueueAsync<T>(SimulatedContext context, Func<int> messages, Func<T> serve) =>
        SendAsync(context, _queue, messages, entitiesOfAccount: false, () =>
        {
            QueueRequests++;
            return serve();
        });

    private async Task<T> SendAsync<T>(SimulatedContext context, Bucket own, Func<int> count, bool entitiesOfAccount, Func<T> serve)
    {
        for (var tries = 1; ; tries++)
        {
            await loop.WaitAsync(RoundTrip / 2, context);
            var many = count();
            var ofAccount = entitiesOfAccount ? many : 1;
            if (own.Has(many, loop.Elapsed) && _account.Has(ofAccount, loop.Elapsed))
            {
                own.Take(many);
                _account.Take(ofAccount);
                Used += ofAccount;
                try
                {
                    return serve();
                }
                finally
                {
                    await loop.WaitAsync(RoundTrip / 2, context);
                }
            }

            await loop.WaitAsync(RoundTrip / 2, context);
            if (tries == MostTries)
            {
                throw new RequestFailedException(503, "Too much to do.", "ServerBusy", null);
            }

            await loop.WaitAsync(RetryAfter, context);
        }
    }

    /// <summary>
    /// Fills at a rate, up to a quarter of a second's worth; what is more than that may be taken from a full one, and is made up for.
    /// </summary>
    private sealed class Bucket(double aSecond)
    {
        private readonly double _most = aSecond / 4;
        private double _there = aSecond / 4;
        private TimeSpan _at;

        public bool Has(int count, TimeSpan now)
        {
            _there = Math.Min(_most, _there + ((now - _at).TotalSeconds * aSecond));
            _at = now;
            return _there >= Math.Min(count, _most);
        }

        public void Take(int count) => _there -= count;
    }
}

internal sealed class LimitedTableClient(SimulatedTable table, AccountLimits limits, SimulatedContext context) : TableClientOf(table)
{
    protected override Task<T> RequestAsync<T>(string partition, Func<int> entities, Func<T> serve) =>
        limits.TableAsync(context, partition, entities, serve);
}
