using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>The table of what the program noted for itself, called <c>seen</c> since only readers of calendars did so.</summary>
internal static class NoteTable
{
    private const string SelectSql = "SELECT key, state FROM seen WHERE reader = $reader";

    private const string RecordSql =
        "INSERT INTO seen (reader, key, state) VALUES ($reader, $key, $state) ON CONFLICT (reader, key) DO UPDATE SET state = $state";

    private const string ForgetSql = "DELETE FROM seen WHERE reader = $reader AND key = $key";

    public static List<StoredNote> Read(SqliteSession session, string reader) =>
        session.List(SelectSql, row => new StoredNote(row.Text(0), row.Text(1)), ("$reader", reader));

    public static void Record(SqliteSession session, string reader, string key, string? state)
    {
        if (state is null)
        {
            session.Run(ForgetSql, ("$reader", reader), ("$key", key));
        }
        else
        {
            session.Run(RecordSql, ("$reader", reader), ("$key", key), ("$state", state));
        }
    }
}

/// <summary>The table of which leads' mails went to whom on a day; recipients are hashes.</summary>
internal static class MailCountTable
{
    private const string InsertSql = "INSERT OR IGNORE INTO mail_counts (day, recipient, lead_id) VALUES ($day, $recipient, $lead)";

    private const string OthersSql = "SELECT count(*) FROM mail_counts WHERE day = $day AND recipient = $recipient AND lead_id <> $lead";

    // Yesterday's stay: an attempt may have begun before midnight.
    private const string RemoveOldSql = "DELETE FROM mail_counts WHERE day < $day - 1";

    /// <summary>Counts all recipients or none.</summary>
    public static bool Count(SqliteSession session, IReadOnlyList<byte[]> recipients, DateOnly day, LeadId lead, int most)
    {
        session.Run(RemoveOldSql, ("$day", day.DayNumber));
        if (recipients.Any(recipient =>
            session.Number(OthersSql, ("$day", day.DayNumber), ("$recipient", recipient), ("$lead", lead.ToString())) >= most))
        {
            return false;
        }

        foreach (var recipient in recipients)
        {
            session.Run(InsertSql, ("$day", day.DayNumber), ("$recipient", recipient), ("$lead", lead.ToString()));
        }

        return true;
    }
}
