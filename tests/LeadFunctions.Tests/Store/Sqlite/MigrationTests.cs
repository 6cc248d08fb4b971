using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class MigrationTests : IDisposable
{
    private const string Structure =
        "SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10)) FROM (SELECT * FROM sqlite_master ORDER BY name)";

    private readonly SqliteFile _file = new();

    public static TheoryData<int> Versions => [.. Enumerable.Range(1, Migrations.Newest - 1)];

    public void Dispose() => _file.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_file_of_any_version_becomes_what_a_new_one_is_and_its_leads_are_found(int version)
    {
        MakeOld(version);

        _file.Open().Dispose();

        using var fresh = new SqliteFile();
        fresh.Open().Dispose();
        using var made = fresh.Foreign();
        using var brought = _file.Foreign();
        Assert.Equal(made.Run(Structure), brought.Run(Structure));
        Assert.Equal((long)Migrations.Newest, brought.Run("PRAGMA user_version"));
        Assert.Equal((1L, 1L), (_file.Count("leads"), _file.Count("lead_index")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(11)]
    public void A_step_that_fails_leaves_those_before_it_and_the_next_start_goes_on_from_there(int version)
    {
        MakeOld(version);
        _file.Run("CREATE TABLE lead_index (id TEXT)");
        Assert.Throws<StoreUnavailableException>(() => _file.Open().Dispose());
        using (var stopped = _file.Foreign())
        {
            Assert.Equal(11L, stopped.Run("PRAGMA user_version"));
        }

        _file.Run("DROP TABLE lead_index");

        _file.Open().Dispose();

        Assert.Equal((1L, 1L), (_file.Count("leads"), _file.Count("lead_index")));
    }

    private void MakeOld(int version)
    {
        using var session = SqliteSession.Open(_file.Path, SqliteMode.Create);
        Migrations.Apply(session, version);
        session.Execute(
            """
            INSERT INTO leads (id, source, received_at, is_test, do_not_contact, fingerprint, content)
            VALUES ('01a20000-0000-7000-8000-000000000001', 'marketplace', 1790000000000, 0, 0, randomblob(16), '{"OfferTitle":"x"}');
            """);
        if (version > 12)
        {
            session.Execute(
                """
                INSERT INTO lead_index (id, lead_key, is_test, letters, pairs1, pairs2, pairs3, ways, source, destinations, fingerprint)
                SELECT id, key, 0, 0, 0, 0, 0, 0, source, '', fingerprint FROM leads
                """);
        }
    }
}
