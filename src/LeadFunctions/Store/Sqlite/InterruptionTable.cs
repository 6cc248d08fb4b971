namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Deliveries whose program ended before it recorded a result: counted, tried again one at a time, given up on. See <see
/// cref="Interruption"/>.
/// </summary>
internal static class InterruptionTable
{
    public const string AllUnderWaySql =
        """
        SELECT lead_key, destination, claimed_at, interruptions FROM deliveries INDEXED BY deliveries_under_way
        WHERE due_at IS NOT NULL AND status = 'in_flight'
        """;

    // Of those that come first alone: a search through all that is due would hold up others.
    private const string LeaseEndedSql =
        $"""
        SELECT lead_key, destination, claimed_at, interruptions FROM (
          SELECT lead_key, destination, claimed_at, interruptions, status FROM deliveries
          WHERE destination = $destination AND due_at <= $now AND {DeliveryTable.Free} ORDER BY due_at, lead_key LIMIT $most)
        WHERE status = 'in_flight'
        """;

    private const string InterruptSql =
        """
        UPDATE deliveries SET status = 'pending', due_at = $due, attempts = attempts + 1, interruptions = $interruptions
        WHERE lead_key = $key AND destination = $destination RETURNING attempts
        """;

    // interruptions > 0 is for the index of those that were interrupted at all; once is never enough.
    private const string EnoughSql =
        """
        SELECT lead_key, interruptions, (
          SELECT COALESCE(MAX(other.interruptions), 0) FROM deliveries AS other
          WHERE other.lead_key = deliveries.lead_key AND other.destination <> $destination)
        FROM deliveries WHERE destination = $destination AND interruptions > 0 AND interruptions > 1 AND status = 'pending'
        """;

    private const string AnySql = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE interruptions > 0 AND due_at IS NOT NULL)";

    private const string AnyDueSql =
        """
        SELECT EXISTS (
          SELECT 1 FROM deliveries WHERE interruptions > 0 AND due_at > $since AND due_at <= $now AND status = 'pending')
        """;

    private const string AnyUnderWaySql =
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE interruptions > 0 AND due_at > $now AND status = 'in_flight')";

    // No lease lasts longer than the one that is about to be given out, which keeps what waits for a far day out of the search.
    public const string AnythingUnderWaySql =
        """
        SELECT EXISTS (
          SELECT 1 FROM deliveries INDEXED BY deliveries_under_way WHERE due_at > $now AND due_at <= $leaseEnd AND status = 'in_flight')
        """;

    // Those that were interrupted least often come first: they are the least likely to end the program again.
    private const string ClaimSql =
        $"""
        UPDATE deliveries SET status = 'in_flight', lease = lease + 1, claimed_at = $now, due_at = $leaseEnd
        WHERE destination = $destination AND lead_key = (
          SELECT lead_key FROM deliveries
          WHERE destination = $destination AND interruptions > 0 AND due_at <= $now AND {DeliveryTable.Free}
          ORDER BY interruptions, due_at, lead_key LIMIT 1)
        RETURNING lead_key, lease, failures, waits_for, interruptions
        """;

    /// <summary>Only at start, when no other program can have claimed anything: whatever is under way was interrupted.</summary>
    public static void EndAll(SqliteSession session, DateTimeOffset now) => Interrupt(session, session.List(AllUnderWaySql, Read), now);

    /// <summary>What was under way here until its lease ended was interrupted.</summary>
    public static void EndLate(SqliteSession session, string destination, int most, string held, DateTimeOffset now) => Interrupt(
        session,
        session.List(
            LeaseEndedSql,
            Read,
            ("$destination", destination),
            ("$most", most),
            ("$held", held),
            ("$now", now.ToUnixTimeMilliseconds())),
        now);

    public static bool Any(SqliteSession session) => session.Number(AnySql) == 1;

    /// <summary>Makes dead letters of what was interrupted too often, and says which.</summary>
    public static List<long> GiveUp(SqliteSession session, string destination, DateTimeOffset now)
    {
        var enough = session.List(
            EnoughSql,
            row => (Key: row.Number(0), InARow: (int)row.Number(1), Another: (int)row.Number(2)),
            ("$destination", destination)).FindAll(row => Interruption.IsEnough(row.InARow, row.Another));
        foreach (var (key, inARow, _) in enough)
        {
            DeliveryTable.GiveUp(session, key, destination, Interruption.Reason(inARow), now);
        }

        return enough.ConvertAll(row => row.Key);
    }

    /// <summary>
    /// Something that was interrupted could be tried now, at whichever destination. What could be for more than a minute has nobody who
    /// would.
    /// </summary>
    public static bool AnyDue(SqliteSession session, DateTimeOffset now) =>
        session.Number(
            AnyDueSql,
            ("$since", (now - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds()),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Something that was interrupted is being tried, at whichever destination.</summary>
    public static bool AnyUnderWay(SqliteSession session, DateTimeOffset now) =>
        session.Number(AnyUnderWaySql, ("$now", now.ToUnixTimeMilliseconds())) == 1;

    public static bool AnythingUnderWay(SqliteSession session, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        session.Number(AnythingUnderWaySql, ("$now", now.ToUnixTimeMilliseconds()), ("$leaseEnd", leaseEnd.ToUnixTimeMilliseconds())) == 1;

    /// <summary>One at most.</summary>
    public static List<ClaimedRow> Claim(
        SqliteSession session, string destination, string held, DateTimeOffset now, DateTimeOffset leaseEnd) =>
        session.List(
            ClaimSql,
            ClaimedRow.Read,
            ("$destination", destination),
            ("$held", held),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$leaseEnd", leaseEnd.ToUnixTimeMilliseconds()));

    private static UnderWay Read(SqliteStatement row) => new(row.Number(0), row.Text(1), row.Time(2), (int)row.Number(3));

    private static void Interrupt(
        SqliteSession session,
        List<UnderWay> underWay,
        DateTimeOffset now)
    {
        foreach (var (key, destination, claimedAt, before) in underWay)
        {
            var number = session.Number(
                InterruptSql,
                ("$key", key),
                ("$destination", destination),
                ("$due", (now + Interruption.Wait(before + 1)).ToUnixTimeMilliseconds()),
                ("$interruptions", before + 1))!.Value;
            AttemptTable.Insert(session, key, destination, number, Interruption.Attempt(claimedAt));
        }
    }

    private sealed record UnderWay(long Key, string Destination, DateTimeOffset ClaimedAt, int Interruptions);
}
