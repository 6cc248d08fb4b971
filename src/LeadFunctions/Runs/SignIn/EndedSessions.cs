using System.Globalization;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.SignIn;

/// <summary>
/// The sessions that were signed out before their time. They are noted in the store until they would have ended anyway; another instance on
/// the same store knows of it within ten seconds.
/// </summary>
internal sealed class EndedSessions(IKeyValueStore store, TimeProvider time)
{
    private const string Scope = "signed-out";

    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private HashSet<string> _ended = [];
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>Throws <see cref="StoreUnavailableException"/> when that can't be known.</summary>
    public async Task<bool> HasAsync(Session session)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_ended.Contains(session.Id))
            {
                return true;
            }

            if (now - _readAt < KnownFor)
            {
                return false;
            }
        }

        var ended = (await store.FindValuesAsync(Scope)).Select(note => note.Key).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            // What was signed out here while the store was asked may not be in its answer.
            ended.UnionWith(_ended);
            (_ended, _readAt) = (ended, now);
            return ended.Contains(session.Id);
        }
    }

    public async Task AddAsync(Session session)
    {
        lock (_lock)
        {
            _ended = [.. _ended, session.Id];
        }

        await store.SetValueAsync(Scope, session.Id, session.Ends.ToString("O", CultureInfo.InvariantCulture));
        foreach (var note in await store.FindValuesAsync(Scope))
        {
            if (DateTimeOffset.TryParse(note.Value, CultureInfo.InvariantCulture, out var ends) && ends <= time.GetUtcNow())
            {
                await store.SetValueAsync(Scope, note.Key, null);
                lock (_lock)
                {
                    _ended = [.. _ended.Where(id => id != note.Key)];
                }
            }
        }
    }
}
