using LeadFunctions.Destinations;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Commands;

/// <summary>Whether the store can be used. One that a running instance uses can.</summary>
internal static class StoreCheck
{
    public static Task<CheckResult> RunAsync(StoreOptions options) => options.Azure is { } azure ? RunAsync(azure) : Task.FromResult(RunSqlite(options));

    /// <summary>By a real write: an identity may be allowed to read alone.</summary>
    private static async Task<CheckResult> RunAsync(AzureStorageOptions azure)
    {
        var what = $"the table {azure.Table} of the storage account {azure.Account.Name} can be used";
        try
        {
            using var store = await AzureLeadStore.OpenAsync(azure.Account, azure.Table, new DueSignal());
            await store.CheckAsync(TimeProvider.System.GetUtcNow());
            return new CheckResult(what, true);
        }
        catch (StoreUnavailableException exception)
        {
            return new CheckResult(what, false, exception.Message);
        }
    }

    private static CheckResult RunSqlite(StoreOptions options)
    {
        try
        {
            using (SqliteLeadStore.Open(options.Path, new DueSignal(), TimeProvider.System, patience: TimeSpan.Zero))
            {
                return new CheckResult($"{options.Path} can be opened", true);
            }
        }
        catch (StoreUnavailableException exception)
        {
            return InstanceLock.IsTaken(options.Path)
                ? new CheckResult($"{options.Path} is in use by a running LeadFunctions", true)
                : new CheckResult($"{options.Path} can be opened", false, exception.Message);
        }
    }
}
