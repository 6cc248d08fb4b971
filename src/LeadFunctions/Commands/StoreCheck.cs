using LeadFunctions.Destinations;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Commands;

/// <summary>Whether the store can be used. One that a running instance uses can.</summary>
internal static class StoreCheck
{
    public static CheckResult Run(StoreOptions options)
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
