using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>A delivery that was just taken.</summary>
/// <param name="Waited">It waited for another delivery of its lead.</param>
internal sealed record ClaimedRow(long Key, int ClaimNumber, int Failures, bool Waited, int Interruptions)
{
    public static ClaimedRow Read(SqliteStatement row) =>
        new(row.Number(0), (int)row.Number(1), (int)row.Number(2), row.TextOrNull(3) is not null, (int)row.Number(4));
}

/// <summary>The table of deliveries: claims, leases and where each one stands.</summary>
internal static class DeliveryTable
{
    private const string InsertSql =
        "INSERT INTO deliveries (lead_key, destination, status, due_at, waits_for) VALUES ($key, $destination, 'pending', $due, $waitsFor)";

    // Nobody works on it, and on no other event of what the lead is about; of those that are due, the oldest state comes first.
    public const string Free =
        """
        lead_key NOT IN (SELECT value FROM json_each($held))
          AND NOT EXISTS (
            SELECT 1 FROM leads AS mine
            CROSS JOIN leads AS other ON other.row_id = mine.row_id AND other.key <> mine.key
            CROSS JOIN deliveries AS rival ON rival.lead_key = other.key AND rival.destination = $destination
            WHERE mine.key = deliveries.lead_key AND mine.row_id IS NOT NULL
              AND ((rival.status = 'in_flight' AND (rival.due_at > $now OR rival.lead_key IN (SELECT value FROM json_each($held))))
                OR (rival.due_at <= $now AND (other.row_order, other.key) < (mine.row_order, mine.key))))
        """;

    private const string Claimable =
        $"""
        FROM deliveries WHERE destination = $destination AND due_at <= $now AND status = 'pending' AND interruptions = 0 AND {Free}
        ORDER BY due_at, lead_key LIMIT $most
        """;

    // One statement, so that no two claims can take the same delivery. An in_flight row is due when its lease has ended.
    private const string ClaimSql =
        $"""
        UPDATE deliveries SET status = 'in_flight', lease = lease + 1, claimed_at = $now, due_at = $leaseEnd
        WHERE destination = $destination AND lead_key IN (SELECT lead_key {Claimable})
        RETURNING lead_key, lease, failures, waits_for, interruptions
        """;

    private const string ClaimOneSql =
        $"""
        UPDATE deliveries SET status = 'in_flight', lease = lease + 1, claimed_at = $now, due_at = $leaseEnd
        WHERE destination = $destination AND lead_key = $key AND due_at <= $now AND status = 'pending' AND interruptions = 0 AND {Free}
        RETURNING lead_key, lease, failures, waits_for, interruptions
        """;

    private const string NextDueSql =
        $"SELECT due_at FROM deliveries WHERE destination = $destination AND due_at IS NOT NULL AND {Free} ORDER BY due_at LIMIT 1";

    // A delivery that has arrived is recorded even when the lease was lost meanwhile: sending it again would be worse.
    private const string RecordSql =
        """
        UPDATE deliveries SET status = $status, due_at = $due, attempts = attempts + 1, failures = $failures,
          last_error = $error, remote_id = $remoteId, answer = $answer,
          interruptions = CASE WHEN $interrupted THEN interruptions ELSE 0 END
        WHERE lead_key = $key AND destination = $destination AND status <> 'delivered'
          AND ((lease = $lease AND status = 'in_flight') OR $status = 'delivered')
        RETURNING attempts
        """;

    private const string SelectSql =
        """
        SELECT destination, status, due_at, failures, last_error, remote_id, answer, waits_for FROM deliveries
        WHERE lead_key = $key ORDER BY destination
        """;

    private const string AnswersSql =
        "SELECT destination, answer FROM deliveries WHERE lead_key = $key AND status = 'delivered' AND answer IS NOT NULL";

    private const string GiveUpSql =
        """
        UPDATE deliveries SET status = 'dead_letter', due_at = NULL, last_error = $error
        WHERE lead_key = $key AND destination = $destination
        """;

    private const string ReleaseSql =
        """
        UPDATE deliveries SET status = 'pending', due_at = $now
        WHERE lead_key = $key AND destination = $destination AND lease = $lease AND status = 'in_flight'
        """;

    public static void Insert(SqliteSession session, long key, PlannedDelivery planned, DateTimeOffset due) =>
        session.Run(
            InsertSql,
            ("$key", key),
            ("$destination", planned.Destination),
            ("$due", planned.After is null ? due.ToUnixTimeMilliseconds() : default(long?)),
            ("$waitsFor", planned.After));

    /// <summary>What was never interrupted, or has had a result since.</summary>
    public static List<ClaimedRow> Claim(
        SqliteSession session, string destination, int most, string held, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        session.List(
            ClaimSql,
            ClaimedRow.Read,
            ("$destination", destination),
            ("$most", most),
            ("$held", held),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$leaseEnd", leaseEnd.ToUnixTimeMilliseconds()));

    /// <summary>The delivery of one lead, when it is due and free.</summary>
    public static List<ClaimedRow> ClaimOne(
        SqliteSession session, string destination, long key, string held, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        session.List(
            ClaimOneSql,
            ClaimedRow.Read,
            ("$destination", destination),
            ("$key", key),
            ("$held", held),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$leaseEnd", leaseEnd.ToUnixTimeMilliseconds()));

    public static DateTimeOffset? NextDue(SqliteSession session, string destination, string held, DateTimeOffset now) =>
        session.Time(NextDueSql, ("$destination", destination), ("$held", held), ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>The answers that were kept of a lead's deliveries, by destination.</summary>
    public static IReadOnlyDictionary<string, string> Answers(SqliteSession session, long key) =>
        session.List(AnswersSql, row => KeyValuePair.Create(row.Text(0), row.Text(1)), ("$key", key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The attempt's number; null when it has been claimed again since.</summary>
    public static long? Record(SqliteSession session, LeadDelivery delivery, DeliveryAttempt attempt, DeliveryState state) =>
        session.Number(
            RecordSql,
            ("$key", delivery.Key),
            ("$destination", delivery.Destination),
            ("$lease", delivery.ClaimNumber),
            ("$status", StatusText.Of(state.Status)),
            ("$due", state.DueAt?.ToUnixTimeMilliseconds()),
            ("$failures", state.Failures),
            ("$error", state.LastError),
            ("$remoteId", state.RemoteId),
            ("$answer", state.Answer),
            ("$interrupted", attempt.Outcome == DeliveryAttempt.Interrupted ? 1 : 0));

    public static List<(string Destination, DeliveryState State, string? After)> Read(SqliteSession session, long key) =>
        session.List(
            SelectSql,
            row => (row.Text(0), new DeliveryState(
                StatusOf(row.Text(1)),
                row.TimeOrNull(2),
                (int)row.Number(3),
                row.TextOrNull(4),
                row.TextOrNull(5),
                row.TextOrNull(6)), row.TextOrNull(7)),
            ("$key", key));

    /// <summary>Gives back what nobody has begun with.</summary>
    public static void Release(SqliteSession session, LeadDelivery delivery, DateTimeOffset now) => session.Run(
        ReleaseSql,
        ("$key", delivery.Key),
        ("$destination", delivery.Destination),
        ("$lease", delivery.ClaimNumber),
        ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Makes it a dead letter without another attempt.</summary>
    public static void GiveUp(SqliteSession session, long key, string destination, string error, DateTimeOffset now)
    {
        session.Run(GiveUpSql, ("$key", key), ("$destination", destination), ("$error", error));
        WaitingTable.Follow(session, key, destination, DeliveryStatus.DeadLetter, now);
    }

    private static DeliveryStatus StatusOf(string word) =>
        StatusText.Parse(word) is >= 0 and var status ? status : throw SqliteFault.Damaged("a delivery's status");
}
