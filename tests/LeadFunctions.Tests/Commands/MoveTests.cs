using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Commands;

public sealed class MoveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_undelivered_lead_is_in_the_new_store_and_the_old_file_bears_another_name()
    {
        Guid lead;
        using (var old = SqliteLeadStore.Open(_folder.File("old.db"), new DueSignal(), TimeProvider.System))
        {
            lead = (await old.KeepAsync(Posted.At, "erp")).Id.Value;
        }

        var run = await MoveAsync();

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("1 lead taken over with 1 delivery", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("old.db")));
        Assert.True(File.Exists(_folder.File("old.db.moved")));
        using var store = SqliteLeadStore.Open(_folder.File("new.db"), new DueSignal(), TimeProvider.System);
        Assert.Equal(lead, (await store.TakeOneAsync(Posted.At, "erp")).Lead.Id.Value);
    }

    [Fact]
    public async Task Nothing_is_moved_where_the_old_file_could_not_get_its_other_name()
    {
        using (var old = SqliteLeadStore.Open(_folder.File("old.db"), new DueSignal(), TimeProvider.System))
        {
            await old.KeepAsync(Posted.At, "erp");
        }

        await File.WriteAllTextAsync(_folder.File("old.db.moved"), "", TestContext.Current.CancellationToken);

        var run = await MoveAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Nothing was moved", run.All, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("new.db")));
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_in_use_is_named()
    {
        var missing = await MoveAsync();
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("There is no file", missing.All, StringComparison.Ordinal);

        using var running = SqliteLeadStore.Open(_folder.File("old.db"), new DueSignal(), TimeProvider.System);
        var used = await MoveAsync();
        Assert.Equal(1, used.ExitCode);
        Assert.True(File.Exists(_folder.File("old.db")));
    }

    private Task<CommandRun> MoveAsync() =>
        CommandRun.OfAsync(_folder, "move", "--from", _folder.File("old.db"), $"--Store:Path={_folder.File("new.db")}");
}
