using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

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
