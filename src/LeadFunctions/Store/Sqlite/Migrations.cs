namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// The file's structure, version by version. A step that was released is never changed: a new one is added.
/// Times are integer unix milliseconds.
/// </summary>
internal static class Migrations
{
    /// <summary>Marks the file as ours ("LEAD"), so that another program's database is never written to.</summary>
    private const long ApplicationId = 0x4C454144;

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE leads (
          key INTEGER PRIMARY KEY,
          id TEXT NOT NULL,
          source TEXT NOT NULL,
          event TEXT,
          received_at INTEGER NOT NULL,
          is_test INTEGER NOT NULL,
          do_not_contact INTEGER NOT NULL,
          fingerprint BLOB NOT NULL,
          content TEXT NOT NULL);

        -- By id, which sorts by time: leads are added at its end. The fingerprints of the duplicate window are read from it alone.
        CREATE UNIQUE INDEX leads_by_id ON leads (id, fingerprint, received_at);

        CREATE TABLE repeats (lead_key INTEGER NOT NULL, received_at INTEGER NOT NULL);
        CREATE INDEX repeats_by_lead ON repeats (lead_key);

        -- due_at: when a worker may take it: the next attempt's time, or the end of another worker's lease. NULL when finished.
        CREATE TABLE deliveries (
          lead_key INTEGER NOT NULL,
          destination TEXT NOT NULL,
          status TEXT NOT NULL CHECK (status IN ('pending', 'in_flight', 'delivered', 'dead_letter', 'discarded')),
          due_at INTEGER,
          claimed_at INTEGER,
          lease INTEGER NOT NULL DEFAULT 0,
          attempts INTEGER NOT NULL DEFAULT 0,
          failures INTEGER NOT NULL DEFAULT 0,
          last_error TEXT,
          remote_id TEXT,
          PRIMARY KEY (lead_key, destination)) WITHOUT ROWID;

        -- What a claim asks for. Finished deliveries are not in it, so it stays as small as the work that waits.
        CREATE INDEX deliveries_due ON deliveries (destination, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX deliveries_dead ON deliveries (destination) WHERE status = 'dead_letter';

        CREATE TABLE attempts (
          lead_key INTEGER NOT NULL,
          destination TEXT NOT NULL,
          number INTEGER NOT NULL,
          started_at INTEGER NOT NULL,
          duration_ms INTEGER NOT NULL,
          http_status INTEGER,
          outcome TEXT NOT NULL,
          error TEXT,
          PRIMARY KEY (lead_key, destination, number)) WITHOUT ROWID;

        CREATE TABLE refused (
          id TEXT PRIMARY KEY,
          source TEXT NOT NULL,
          event TEXT,
          received_at INTEGER NOT NULL,
          http_status INTEGER NOT NULL,
          violations TEXT NOT NULL,
          body BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE checks (id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
        """,
        """
        -- row_id: what several leads are about, and which of them is the newer state; NULL for a lead that is about itself alone.
        ALTER TABLE leads ADD COLUMN row_id TEXT;
        ALTER TABLE leads ADD COLUMN row_order INTEGER;
        CREATE INDEX leads_by_row ON leads (row_id, row_order) WHERE row_id IS NOT NULL;

        -- waits_for: the destination whose delivery comes first; until then due_at is NULL though the delivery is pending.
        ALTER TABLE deliveries ADD COLUMN waits_for TEXT;
        ALTER TABLE deliveries ADD COLUMN answer TEXT;

        -- What the last attempt sent. Beside the deliveries, so that lists and claims needn't read past it.
        CREATE TABLE requests (
          lead_key INTEGER NOT NULL,
          destination TEXT NOT NULL,
          request TEXT NOT NULL,
          PRIMARY KEY (lead_key, destination)) WITHOUT ROWID;

        CREATE TABLE acts (
          lead_key INTEGER NOT NULL,
          at INTEGER NOT NULL,
          by TEXT NOT NULL,
          kind TEXT NOT NULL,
          destination TEXT,
          note TEXT);
        CREATE INDEX acts_by_lead ON acts (lead_key);

        ALTER TABLE refused ADD COLUMN replayed_at INTEGER;
        ALTER TABLE refused ADD COLUMN replayed_by TEXT;
        """,
        """
        -- day: since 0001-01-01. recipient: a hash of a destination and an address.
        CREATE TABLE mail_counts (
          day INTEGER NOT NULL,
          recipient BLOB NOT NULL,
          lead_id TEXT NOT NULL,
          PRIMARY KEY (day, recipient, lead_id)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE seen (reader TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (reader, key)) WITHOUT ROWID;
        """,
        """
        -- With all that is asked for in them, so that the deliveries themselves needn't be read.
        DROP INDEX deliveries_dead;
        CREATE INDEX deliveries_dead ON deliveries (destination, lead_key, status) WHERE status = 'dead_letter';

        -- Deliveries that wait for another one: due_at is NULL, but they are not finished.
        CREATE INDEX deliveries_waiting ON deliveries (destination, lead_key, status, due_at) WHERE status = 'pending' AND due_at IS NULL;

        CREATE INDEX refused_by_time ON refused (received_at);

        -- What lists were found by. What is long comes last: few readers need it.
        CREATE TABLE blocks (
          key INTEGER PRIMARY KEY,
          first_id TEXT NOT NULL,
          last_id TEXT NOT NULL,
          leads INTEGER NOT NULL,
          no_destination INTEGER NOT NULL,
          lowest_key INTEGER NOT NULL,
          highest_key INTEGER NOT NULL,
          properties BLOB NOT NULL,
          marks BLOB NOT NULL,
          keys BLOB NOT NULL,
          text BLOB NOT NULL);
        CREATE UNIQUE INDEX blocks_by_id ON blocks (last_id, first_id, leads, no_destination, lowest_key, highest_key);

        CREATE TABLE block_changes (changes INTEGER NOT NULL);
        INSERT INTO block_changes VALUES (0);

        -- A block never says what its leads no longer say. Both are away from the path of accepted leads.
        CREATE TRIGGER lead_removed AFTER DELETE ON leads BEGIN
          UPDATE block_changes SET changes = changes + 1;
          DELETE FROM blocks WHERE key = (SELECT key FROM blocks WHERE last_id >= old.id ORDER BY last_id LIMIT 1) AND first_id <= old.id;
        END;
        CREATE TRIGGER lead_changed AFTER UPDATE OF id, source, is_test, content ON leads BEGIN
          UPDATE block_changes SET changes = changes + 1;
          DELETE FROM blocks WHERE key = (SELECT key FROM blocks WHERE last_id >= old.id ORDER BY last_id LIMIT 1) AND first_id <= old.id;
        END;
        """,
        """
        -- repeats: the lead that a replayed body turned out to be. The index: what was taken by a replay counts for the duplicate window
        -- from then on.
        ALTER TABLE refused ADD COLUMN repeats TEXT;
        CREATE INDEX refused_replayed ON refused (replayed_at) WHERE replayed_at IS NOT NULL;
        """,
        """
        -- erased_lease: the last lease that was given out before an erasure. What its worker reports may quote what was erased.
        ALTER TABLE deliveries ADD COLUMN erased_lease INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- group_id: what several rows belong to, as row_id is what several leads do.
        ALTER TABLE leads ADD COLUMN group_id TEXT;
        UPDATE leads SET group_id = row_id WHERE row_id IS NOT NULL;
        CREATE INDEX leads_by_group ON leads (group_id, row_id) WHERE group_id IS NOT NULL;
        """,
        """
        -- interruptions: how often in a row a worker was gone before it recorded anything. The index holds hardly ever anything.
        ALTER TABLE deliveries ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX deliveries_interrupted ON deliveries (destination, interruptions, due_at, lead_key) WHERE interruptions > 0;
        """,
        """
        -- trace: the trace context of the acceptance (W3C traceparent), where somebody listened.
        ALTER TABLE leads ADD COLUMN trace TEXT;
        """,
        """
        -- subject: what the program notes of a lead's subject, see StoredSharedRow. NULL in older leads, which have it inside the content.
        ALTER TABLE leads ADD COLUMN subject TEXT;
        """,
        """
        -- What lists were found by until now.
        DROP TRIGGER lead_removed;
        DROP TRIGGER lead_changed;
        DROP TABLE blocks;
        DROP TABLE block_changes;

        -- searched: what people search a lead by, folded to one casing.
        ALTER TABLE leads ADD COLUMN searched BLOB;

        -- A narrow row for each lead, in the order of ids, which is that of time: what leads are found by. See LeadIndex.
        CREATE TABLE lead_index (
          id TEXT PRIMARY KEY,
          lead_key INTEGER NOT NULL,
          is_test INTEGER NOT NULL,
          letters INTEGER NOT NULL,
          pairs1 INTEGER NOT NULL,
          pairs2 INTEGER NOT NULL,
          pairs3 INTEGER NOT NULL,
          ways INTEGER NOT NULL,
          source TEXT NOT NULL,
          destinations TEXT NOT NULL,
          fingerprint BLOB NOT NULL) WITHOUT ROWID;

        -- For the list and the counts of leads that go nowhere, which are few.
        CREATE INDEX lead_index_nowhere ON lead_index (id) WHERE destinations = '';
        """,
        """
        -- lead_index took its place; until it was full it told which leads were still to come.
        DROP INDEX leads_by_id;
        """,
        """
        -- What is being sent: a handful. At a start after a kill, and while what it interrupted is tried, it is asked for again and again.
        CREATE INDEX deliveries_under_way ON deliveries (due_at) WHERE status = 'in_flight';
        """,
    ];

    /// <summary>The step that needs a full <see cref="LeadIndex"/>.</summary>
    private const int IndexIsFull = 12;

    public static int Newest => Steps.Length;

    /// <summary>
    /// Brings the file to the newest version. Each step is one transaction, so that a kill in the middle leaves the step before it; what
    /// fills a table goes on from there. A new file has nothing to lose, and would wait for a sync of each: its steps are one transaction.
    /// </summary>
    /// <param name="upTo">The version to stop at; null: the newest.</param>
    public static void Apply(SqliteSession session, int? upTo = null)
    {
        var application = session.Number("PRAGMA application_id") ?? 0;
        var version = (int)(session.Number("PRAGMA user_version") ?? 0);
        if (application != ApplicationId && (application != 0 || session.Number("SELECT count(*) FROM sqlite_master") > 0))
        {
            throw new StoreUnavailableException("The file is another program's database. Set Store:Path to a file of its own.");
        }

        if (version > Newest)
        {
            throw new StoreUnavailableException(
                $"The file was written by a newer LeadFunctions (version {version} of its structure, this program knows {Newest}). "
                + "Start the newer program.");
        }

        // Kept in the file itself, so not before it is known to be ours.
        session.Execute("PRAGMA journal_mode = WAL");
        var last = upTo ?? Newest;
        if (version == 0)
        {
            Run(session, Steps[..last], last);
            return;
        }

        for (var step = version; step < last; step++)
        {
            if (step == IndexIsFull)
            {
                LeadIndex.Fill(session);
            }

            Run(session, [Steps[step]], step + 1);
        }
    }

    private static void Run(SqliteSession session, string[] steps, int version) => session.Execute(
        $"""
        BEGIN IMMEDIATE;
        {string.Join('\n', steps)}
        PRAGMA user_version = {version}; PRAGMA application_id = {ApplicationId}; COMMIT;
        """);
}
