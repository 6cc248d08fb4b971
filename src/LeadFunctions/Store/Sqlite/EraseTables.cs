using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Erases a person's data in all tables, in steps so small that posts hardly notice.</summary>
internal static class EraseTables
{
    private const int BodiesInOneStep = 100;

    private const string LeadsSql = "SELECT key, content FROM leads WHERE key > $after ORDER BY key LIMIT $most";

    private const string RefusedSql = "SELECT id FROM refused WHERE id > $after ORDER BY id LIMIT $most";

    // The deduplication key would tell whether somebody sent exactly these words.
    private const string EraseLeadSql =
        "UPDATE leads SET content = CAST($content AS TEXT), subject = $subject, fingerprint = x'' WHERE key = $key";

    private const string EraseRefusedSql = "UPDATE refused SET body = x'', violations = $violations WHERE id = $id";

    // The new claim number keeps out what an attempt under way may still report.
    private const string DiscardSql =
        "UPDATE deliveries SET status = 'discarded', due_at = NULL, lease = lease + 1 WHERE lead_key = $key AND status <> 'delivered'";

    private const string EraseRequestsSql = "DELETE FROM requests WHERE lead_key = $key";

    // A hash would still tell whether a mail went to an address.
    private const string EraseCountsSql = "DELETE FROM mail_counts WHERE lead_id = (SELECT id FROM leads WHERE key = $key)";

    private const string QuotesErasedSql =
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE lead_key = $key AND destination = $destination AND erased_lease >= $lease)";

    private const string ErasedSql = "SELECT EXISTS (SELECT 1 FROM acts WHERE lead_key = $key AND kind = 'erased' AND note IS NULL)";

    // They may quote what was sent.
    private static readonly string[] EraseTextsSql =
    [
        """
        UPDATE deliveries SET answer = NULL, last_error = CASE WHEN last_error IS NULL THEN NULL ELSE $mark END, erased_lease = lease,
          remote_id = CASE WHEN instr(remote_id, '@') > 0 THEN NULL ELSE remote_id END
        WHERE lead_key = $key
        """,
        "UPDATE attempts SET error = $mark WHERE lead_key = $key AND error IS NOT NULL",
        "UPDATE acts SET note = $mark WHERE lead_key = $key AND note IS NOT NULL",
    ];

    /// <summary>The keys of the next leads that have the address, and where to go on; null at the end.</summary>
    public static (List<long> Keys, long? Next) FindLeads(SqliteSession session, PersonalDataEraser erasing, long after, int most)
    {
        var leads = session.List(
            LeadsSql,
            row => (Key: row.Number(0), Content: row.Bytes(1)),
            ("$after", after),
            ("$most", most));
        return (
            [.. leads.Where(lead => erasing.Concerns(new LeadContent(lead.Content))).Select(lead => lead.Key)],
            leads.Count == most ? leads[^1].Key : null);
    }

    /// <summary>As <see cref="FindLeads"/>, of refused bodies.</summary>
    public static (List<LeadId> Ids, LeadId? Next) FindRefused(SqliteSession session, PersonalDataEraser erasing, LeadId? after)
    {
        var ids = session.List(RefusedSql, row => row.Id(0), ("$after", after?.ToString() ?? ""), ("$most", BodiesInOneStep));
        return (
            ids.FindAll(id => RefusedTable.Find(session, id) is { } body && erasing.Concerns(body)),
            ids.Count == BodiesInOneStep ? ids[^1] : null);
    }

    /// <summary>The lead was an erased person's own: nothing is left to send.</summary>
    public static bool IsErased(SqliteSession session, long key) => session.Number(ErasedSql, ("$key", key)) == 1;

    /// <summary>The delivery was claimed with what has been erased since: what comes of it may quote that.</summary>
    public static bool MayQuoteErased(SqliteSession session, LeadDelivery delivery) =>
        session.Number(
            QuotesErasedSql,
            ("$key", delivery.Key),
            ("$destination", delivery.Destination),
            ("$lease", delivery.ClaimNumber)) == 1;

    /// <summary>False when it is gone meanwhile.</summary>
    public static bool EraseLead(SqliteSession session, long key, PersonalDataEraser erasing, string by, DateTimeOffset now)
    {
        if (LeadTable.Find(session, key) is not { } lead || !erasing.Concerns(lead.Content))
        {
            return false;
        }

        var rest = erasing.Without(lead);
        session.Run(EraseLeadSql, ("$key", key), ("$content", rest.Content.Utf8), ("$subject", StoredSharedRow.ToJson(rest.SharedRow)));
        LeadIndex.Erase(session, key, lead.Id, rest.Content);
        foreach (var sql in EraseTextsSql)
        {
            session.Run(sql, ("$key", key), ("$mark", PersonalDataEraser.Mark));
        }

        session.Run(EraseRequestsSql, ("$key", key));
        session.Run(EraseCountsSql, ("$key", key));
        var own = erasing.IsOf(lead.Content);
        if (own)
        {
            session.Run(DiscardSql, ("$key", key));
        }

        AuditTable.Insert(session, key, new AuditEntry(now, by, AuditEntry.Erased, Note: own ? null : "It only mentioned the address."));
        return true;
    }

    public static void EraseRefused(SqliteSession session, LeadId id, string by, DateTimeOffset now) =>
        session.Run(
            EraseRefusedSql,
            ("$id", id.ToString()),
            ("$violations", RefusedTable.Json([new Violation("", $"{PersonalDataEraser.Mark} on {now.UtcDateTime:u} by {by}")])));
}
