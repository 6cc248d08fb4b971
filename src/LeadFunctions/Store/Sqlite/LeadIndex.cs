using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The table that leads are found by: one narrow row for each, in the order of ids, which is that of time. Lists, filters and searches go
/// through it newest first; the duplicate window and ages are ranges of it.
/// </summary>
internal static class LeadIndex
{
    // UTF-8 has no such byte, so that no text is found across two.
    private const byte EndOfText = 0xFF;

    private const string InsertSql =
        """
        INSERT INTO lead_index (id, lead_key, is_test, pairs, source, destinations, fingerprint, searched)
        VALUES ($id, $key, $test, $pairs, $source, $destinations, $fingerprint, $searched)
        """;

    private const string FindKeySql = "SELECT lead_key FROM lead_index WHERE id = $id";

    // The fingerprint would tell whether somebody sent exactly these words.
    private const string EraseSql = "UPDATE lead_index SET fingerprint = x'', searched = $searched, pairs = $pairs WHERE id = $id";

    // leads_by_id is there until the index is full.
    private const string MissingSql =
        """
        SELECT key, id, source, is_test, fingerprint, content,
          (SELECT group_concat(destination, CAST(x'0a' AS TEXT)) FROM deliveries WHERE lead_key = leads.key)
        FROM leads INDEXED BY leads_by_id WHERE id > (SELECT coalesce(max(id), '') FROM lead_index) ORDER BY id LIMIT $most
        """;

    private const int MostInOneStep = 5_000;

    public static void Insert(SqliteSession session, long key, LeadId id, byte[] fingerprint, Entry entry) => session.Run(
        InsertSql,
        ("$id", id.ToString()),
        ("$key", key),
        ("$test", entry.IsTest ? 1 : 0),
        ("$pairs", entry.Text.Pairs),
        ("$source", entry.Source),
        ("$destinations", entry.Destinations),
        ("$fingerprint", fingerprint),
        ("$searched", entry.Text.Utf8));

    public static long? FindKey(SqliteSession session, LeadId id) => session.Number(FindKeySql, ("$id", id.ToString()));

    public static void Erase(SqliteSession session, LeadId id, LeadContent left)
    {
        var text = Text.Of(left);
        session.Run(EraseSql, ("$id", id.ToString()), ("$searched", text.Utf8), ("$pairs", text.Pairs));
    }

    /// <summary>
    /// Adds the leads of a file that had no such table, in steps of a commit each: what a kill interrupts, the next start goes on with.
    /// </summary>
    public static void Fill(SqliteSession session)
    {
        for (var added = MostInOneStep; added == MostInOneStep;)
        {
            session.Run("BEGIN IMMEDIATE");
            var missing = session.List(
                MissingSql,
                row => (Key: row.Number(0), Id: row.Id(1), Fingerprint: row.Bytes(4), Entry: Read(row)),
                ("$most", MostInOneStep));
            missing.ForEach(lead => Insert(session, lead.Key, lead.Id, lead.Fingerprint, lead.Entry));
            session.Run("COMMIT");
            added = missing.Count;
        }

        static Entry Read(SqliteStatement row) => new(
            row.Number(3) == 1,
            row.Text(2),
            row.TextOrNull(6) is { } names ? Entry.Names(Entry.Among(names)) : "",
            Utf8.IsValid(row.Bytes(5)) ? TextOf(new LeadContent(row.Bytes(5))) : new Text([], 0));

        // A damaged lead must not keep the program from its start. It says nothing that it could be found by.
        static Text TextOf(LeadContent content)
        {
            try
            {
                return Text.Of(content);
            }
            catch (JsonException)
            {
                return new Text([], 0);
            }
        }
    }

    /// <summary>What a list finds a lead by. Made before the writer's turn: the content has to be read for it.</summary>
    /// <param name="Destinations">Each between two line ends; empty when the lead goes nowhere.</param>
    internal sealed record Entry(bool IsTest, string Source, string Destinations, Text Text)
    {
        public static Entry Of(Lead lead, IEnumerable<string> destinations) =>
            new(lead.IsTest, lead.Source, Names(string.Concat(destinations.Select(Among))), Text.Of(lead.Content));

        public static string Names(string names) => names.Length == 0 ? "" : $"\n{names}";

        /// <summary>What <see cref="Destinations"/> has in it of a lead that goes there, after a line's end.</summary>
        public static string Among(string destination) => $"{destination}\n";
    }

    /// <summary>A text to search in or for, folded to one casing, in UTF-8.</summary>
    /// <param name="Pairs">
    /// A bit for each two bytes that follow each other, several pairs to a bit. A text that lacks a bit of another does not contain it,
    /// which is told in a tenth of the time of looking through it.
    /// </param>
    internal readonly record struct Text(byte[] Utf8, long Pairs)
    {
        public static Text Of(string wanted) => Of(Encoding.UTF8.GetBytes(LeadSearch.Fold(wanted)));

        public static Text Of(LeadContent content)
        {
            var texts = new ArrayBufferWriter<byte>(128);
            foreach (var text in LeadSearch.Texts(content))
            {
                Encoding.UTF8.GetBytes(text, texts);
                texts.Write([EndOfText]);
            }

            return Of(texts.WrittenSpan.ToArray());
        }

        // Kept in the file: how a pair becomes a bit must never change.
        private static Text Of(byte[] utf8)
        {
            var pairs = 0L;
            for (var at = 1; at < utf8.Length; at++)
            {
                pairs |= 1L << (((utf8[at - 1] * 31) + utf8[at]) % 63);
            }

            return new Text(utf8, pairs);
        }
    }
}
