using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Tests.Store.Sqlite;

public sealed class SqliteOpeningTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_new_file_gets_the_newest_structure_and_synced_write_ahead_logging()
    {
        using var store = _file.Open();
        using var other = _file.Foreign();

        Assert.Equal((long)Migrations.Newest, other.Run("PRAGMA user_version"));
        Assert.Equal((long)0x4C454144, other.Run("PRAGMA application_id"));
        Assert.Equal("wal", other.Run("PRAGMA journal_mode"));
    }

    [Fact]
    public void The_folder_is_made_with_the_file()
    {
        var path = Path.Combine(Path.GetDirectoryName(_file.Path)!, "a", "b", "leads.db");

        using var store = SqliteLeadStore.Open(path, new DueSignal(), _file.Time);

        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        _file.Open().Dispose();
        _file.Run($"PRAGMA user_version = {Migrations.Newest + 1}");

        Refused("newer LeadFunctions");

        using var other = _file.Foreign();
        Assert.Equal((long)Migrations.Newest + 1, other.Run("PRAGMA user_version"));
    }

    [Fact]
    public void Another_programs_database_is_refused_and_left_as_it_is()
    {
        _file.Run("CREATE TABLE invoices (id INTEGER)");

        Refused("another program's database");

        using var other = _file.Foreign();
        Assert.Equal(1L, other.Run("SELECT count(*) FROM sqlite_master"));
        Assert.Equal("delete", other.Run("PRAGMA journal_mode"));
    }

    [Fact]
    public void A_database_with_another_programs_mark_is_refused()
    {
        _file.Run("PRAGMA application_id = 42");

        Refused("another program's database");
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(_file.Path, new string('x', 4096));

        Refused("not a database");
    }

    [Fact]
    public async Task A_second_instance_on_the_same_file_is_refused_and_the_first_goes_on()
    {
        using var first = _file.Open();

        Refused("Another LeadFunctions uses");

        var lead = await first.KeepAsync(_file.Time.GetUtcNow(), "crm");
        Assert.NotNull(await first.FindRunAsync(lead.Id));
    }

    [Fact]
    public void An_instance_that_ends_within_the_patience_of_the_next_is_waited_for()
    {
        var first = _file.Open();
        using var closing = new Timer(_ => first.Dispose(), null, TimeSpan.FromMilliseconds(200), Timeout.InfiniteTimeSpan);

        using var second = SqliteLeadStore.Open(_file.Path, new DueSignal(), _file.Time);

        Assert.NotNull(second);
    }

    private void Refused(string reason)
    {
        var exception = Assert.Throws<StoreUnavailableException>(() => SqliteLeadStore.Open(_file.Path, new DueSignal(), _file.Time, patience: TimeSpan.FromMilliseconds(300)).Dispose());
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains(_file.Path, exception.Message, StringComparison.Ordinal);
    }
}
