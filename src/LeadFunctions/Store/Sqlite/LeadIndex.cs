using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The table that leads are found by: one narrow row for each, in the order of ids, which is that of time. Lists, filters and searches go
/// through it newest first; the duplicate window and ages are ranges of it. The searched text itself is in the lead's own row. Bits here
/// (as in a Bloom filter, over letters and pairs of letters) tell of nearly every lead that its text can't match, so that it need not be
/// read. The column <c>fingerprint</c> is the deduplication key.
/// </summary>
internal static class LeadIndex
{
    // UTF-8 has no such byte, so that no text is found across two.
    private const byte EndOfText = 0xFF;

    private const string InsertSql =
        """
        INSERT INTO lead_index (id, lead_key, is_test, letters, pairs1, pairs2, pairs3, ways, source, destinations, fingerprint)
        VALUES ($id, $key, $test, $letters, $pairs1, $pairs2, $pairs3, $ways, $source, $destinations, $fingerprint)
        """;

    private const string FindKeySql = "SELECT lead_key FROM lead_index WHERE id = $id";

    // The deduplication key would tell whether somebody sent exactly these words.
    private const string EraseSql =
        """
        UPDATE lead_index SET fingerprint = x'', letters = $letters, pairs1 = $pairs1, pairs2 = $pairs2, pairs3 = $pairs3 WHERE id = $id
        """;

    private const string SearchedSql = "UPDATE leads SET searched = $searched WHERE key = $key";

    // leads_by_id is there until the index is full.
    private const string MissingSql =
        """
        SELECT key, id, source, is_test, fingerprint, content,
          (SELECT group_concat(destination, CAST(x'0a' AS TEXT)) FROM deliveries WHERE lead_key = leads.key)
        FROM leads INDEXED BY leads_by_id WHERE id > (SELECT coalesce(max(id), '') FROM lead_index) ORDER BY id LIMIT $most
        """;

    private const int MostInOneStep = 5_000;

    public static void Insert(SqliteSession session, long key, LeadId id, byte[] deduplicationKey, Entry entry) => session.Run(
        InsertSql,
        ("$id", id.ToString()),
        ("$key", key),
        ("$test", entry.IsTest ? 1 : 0),
        ("$letters", entry.Text.Letters),
        ("$pairs1", entry.Text.Pairs1),
        ("$pairs2", entry.Text.Pairs2),
        ("$pairs3", entry.Text.Pairs3),
        ("$ways", entry.RouteBits),
        ("$source", entry.Source),
        ("$destinations", entry.Destinations),
        ("$fingerprint", deduplicationKey));

    public static long? FindKey(SqliteSession session, LeadId id) => session.Number(FindKeySql, ("$id", id.ToString()));

    /// <param name="key">Of the lead.</param>
    /// <param name="left">What the lead still says.</param>
    public static void Erase(SqliteSession session, long key, LeadId id, LeadContent left)
    {
        var text = Text.Of(left);
        session.Run(
            EraseSql,
            ("$id", id.ToString()),
            ("$letters", text.Letters),
            ("$pairs1", text.Pairs1),
            ("$pairs2", text.Pairs2),
            ("$pairs3", text.Pairs3));
        session.Run(SearchedSql, ("$key", key), ("$searched", text.Utf8));
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
                row => (Key: row.Number(0), Id: row.Id(1), DeduplicationKey: row.Bytes(4), Entry: Read(row)),
                ("$most", MostInOneStep));
            foreach (var lead in missing)
            {
                Insert(session, lead.Key, lead.Id, lead.DeduplicationKey, lead.Entry);
                session.Run(SearchedSql, ("$key", lead.Key), ("$searched", lead.Entry.Text.Utf8));
            }

            session.Run("COMMIT");
            added = missing.Count;
        }

        static Entry Read(SqliteStatement row) => new(
            row.Number(3) == 1,
            row.Text(2),
            row.TextOrNull(6) is { } names ? Entry.Names(Entry.Among(names)) : "",
            Utf8.IsValid(row.Bytes(5)) ? TextOf(new LeadContent(row.Bytes(5))) : Text.None);

        // A damaged lead must not keep the program from its start. It says nothing that it could be found by.
        static Text TextOf(LeadContent content)
        {
            try
            {
                return Text.Of(content);
            }
            catch (JsonException)
            {
                return Text.None;
            }
        }
    }

    /// <summary>What a list finds a lead by. Made before the writer's turn: the content has to be read for it.</summary>
    /// <param name="Destinations">Each between two line ends; empty when the lead goes nowhere.</param>
    internal sealed record Entry(bool IsTest, string Source, string Destinations, Text Text)
    {
        // Few programs have as many sources and destinations as there are bits.
        private const int Bits = 62;

        /// <summary>The bits of its source and of each destination: see <see cref="RouteBit"/>.</summary>
        public long RouteBits { get; } = Destinations.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(RouteBit(Source), (bits, destination) => bits | RouteBit(destination));

        public static Entry Of(Lead lead, IEnumerable<string> destinations) =>
            new(lead.IsTest, lead.Source, Names(string.Concat(destinations.Select(Among))), Text.Of(lead.Content));

        public static string Names(string names) => names.Length == 0 ? "" : $"\n{names}";

        /// <summary>What <see cref="Destinations"/> has in it of a lead that goes there, after a line's end.</summary>
        public static string Among(string destination) => $"{destination}\n";

        /// <summary>
        /// The bit of a source or a destination, seldom that of another one too. A lead that lacks it came otherwise, or goes elsewhere.
        /// </summary>
        public static long RouteBit(string name)
        {
            // Kept in the file: how a name becomes a bit must never change. FNV-1a.
            var hash = 2166136261u;
            foreach (var letter in name)
            {
                hash = (hash ^ letter) * 16777619u;
            }

            return 1L << (int)(hash % Bits);
        }
    }

    /// <summary>
    /// A text to search in or for, folded to one casing, in UTF-8. A text that lacks a bit of another does not contain it, which is told in
    /// a fraction of the time of looking through it.
    /// </summary>
    /// <param name="Letters">A bit for each byte, modulo 64: one of its own for each sign of ASCII, folded.</param>
    /// <param name="Pairs1">A bit for each two bytes that follow each other, several pairs to a bit.</param>
    /// <param name="Pairs2">More such bits.</param>
    /// <param name="Pairs3">The rest of them.</param>
    internal readonly record struct Text(byte[] Utf8, long Letters, long Pairs1, long Pairs2, long Pairs3)
    {
        private const int Columns = 3;
        private const int BitsOfEach = 63;

        public static Text None { get; } = Of("");

        public static Text Of(string wanted) => Of(Encoding.UTF8.GetBytes(SearchedText.Fold(wanted)));

        public static Text Of(LeadContent content)
        {
            var texts = new ArrayBufferWriter<byte>(128);
            foreach (var text in SearchedText.Texts(content))
            {
                Encoding.UTF8.GetBytes(text, texts);
                texts.Write([EndOfText]);
            }

            return Of(texts.WrittenSpan.ToArray());
        }

        // Kept in the file: how letters and pairs become bits must never change.
        private static Text Of(byte[] utf8)
        {
            var letters = 0L;
            Span<long> pairs = stackalloc long[Columns];
            for (var at = 0; at < utf8.Length; at++)
            {
                letters |= 1L << (utf8[at] & 63);
                if (at > 0)
                {
                    var bit = ((utf8[at - 1] * 31) + utf8[at]) % (Columns * BitsOfEach);
                    pairs[bit / BitsOfEach] |= 1L << (bit % BitsOfEach);
                }
            }

            return new Text(utf8, letters, pairs[0], pairs[1], pairs[2]);
        }
    }
}
