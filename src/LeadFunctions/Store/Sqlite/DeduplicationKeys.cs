using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The deduplication keys of the leads within the duplicate window, in memory (about 70 bytes for each lead): an index on disk would be hit
/// at a random place by every lead, which costs more than all else about storing it. Used by the writer's thread alone. What a batch adds
/// counts from then on, and is forgotten if the batch is rolled back.
/// </summary>
internal sealed class DeduplicationKeys
{
    // A lead that came by a replay counts from then on; its id says when it had been refused.
    private const string RecentSql =
        """
        SELECT lead_key, fingerprint, id, NULL FROM lead_index WHERE id >= $from
        UNION ALL
        SELECT lead_key, fingerprint, lead_index.id, replayed_at
        FROM refused JOIN lead_index ON lead_index.id = refused.id WHERE replayed_at > $since
        """;

    private const string AroundSql =
        """
        SELECT max(lead_key) FROM (
          SELECT lead_key FROM lead_index WHERE id >= $from AND id < $before AND fingerprint = $fingerprint
          UNION ALL
          SELECT lead_key FROM refused JOIN lead_index ON lead_index.id = refused.id
          WHERE replayed_at >= $since AND replayed_at < $until AND fingerprint = $fingerprint)
        """;

    private const int DeduplicationKeyLength = 16;

    private readonly Dictionary<UInt128, Recent> _byDeduplicationKey = [];
    private readonly Queue<(UInt128 DeduplicationKey, long ReceivedAt)> _byAge = new();
    private readonly List<UInt128> _uncommitted = [];
    private long _since;
    private bool _read;

    /// <summary>The key of the newest identical lead that was received after a time; null when there is none.</summary>
    public long? Find(SqliteSession session, byte[] deduplicationKey, DateTimeOffset since)
    {
        ReadOnce(session, since);
        _since = since.ToUnixTimeMilliseconds();
        return _byDeduplicationKey.TryGetValue(Number(deduplicationKey), out var recent) && recent.ReceivedAt > _since ? recent.Key : null;
    }

    /// <summary>
    /// The key of an identical lead that was received or replayed within a time before or after another, however long ago. What is not
    /// recent is not in memory.
    /// </summary>
    public static long? FindAround(SqliteSession session, byte[] deduplicationKey, DateTimeOffset receivedAt, TimeSpan window) =>
        session.Number(
            AroundSql,
            ("$from", LeadId.First(receivedAt - window).ToString()),
            ("$before", LeadId.First(receivedAt + window).ToString()),
            ("$since", (receivedAt - window).ToUnixTimeMilliseconds()),
            ("$until", (receivedAt + window).ToUnixTimeMilliseconds()),
            ("$fingerprint", deduplicationKey));

    public void Add(byte[] deduplicationKey, long key, DateTimeOffset receivedAt)
    {
        var number = Number(deduplicationKey);
        Remember(number, new Recent(key, receivedAt.ToUnixTimeMilliseconds()));
        _uncommitted.Add(number);
    }

    public void Committed()
    {
        _uncommitted.Clear();
        while (_byAge.TryPeek(out var oldest) && oldest.ReceivedAt <= _since)
        {
            _byAge.Dequeue();
            if (_byDeduplicationKey.TryGetValue(oldest.DeduplicationKey, out var recent) && recent.ReceivedAt <= _since)
            {
                _byDeduplicationKey.Remove(oldest.DeduplicationKey);
            }
        }
    }

    public void RolledBack()
    {
        foreach (var deduplicationKey in _uncommitted)
        {
            _byDeduplicationKey.Remove(deduplicationKey);
        }

        _uncommitted.Clear();
    }

    /// <summary>The file may hold other leads than were believed: they are read again at the next lead.</summary>
    public void Forget()
    {
        _byDeduplicationKey.Clear();
        _byAge.Clear();
        _uncommitted.Clear();
        _read = false;
    }

    /// <summary>At the first lead after a start; until then the program starts without it.</summary>
    private void ReadOnce(SqliteSession session, DateTimeOffset since)
    {
        if (_read)
        {
            return;
        }

        // Perhaps a million rows while the first lead waits: nothing is allocated for one.
        using var rows = session.Query(RecentSql, ("$from", LeadId.First(since).ToString()), ("$since", since.ToUnixTimeMilliseconds()));
        while (rows.Read())
        {
            // A damaged one recognises nothing; leads must be taken all the same.
            if (rows.Content(1) is { Length: DeduplicationKeyLength } deduplicationKey && Number(deduplicationKey) is var number
                && TimeOf(rows) is { } at)
            {
                Remember(number, new Recent(rows.Number(0), at));
            }
        }

        _read = true;
    }

    /// <summary>The newest of a key counts, whatever the order in which they come.</summary>
    private void Remember(UInt128 deduplicationKey, Recent recent)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_byDeduplicationKey, deduplicationKey, out var exists);
        if (!exists || known.ReceivedAt <= recent.ReceivedAt)
        {
            known = recent;
            _byAge.Enqueue((deduplicationKey, recent.ReceivedAt));
        }
    }

    private static long? TimeOf(SqliteStatement row) =>
        row.NumberOrNull(3) ?? (Guid.TryParse(row.Content(2), out var id) ? new LeadId(id).Milliseconds : null);

    private static UInt128 Number(ReadOnlySpan<byte> deduplicationKey) => BinaryPrimitives.ReadUInt128LittleEndian(deduplicationKey);

    private readonly record struct Recent(long Key, long ReceivedAt);
}
