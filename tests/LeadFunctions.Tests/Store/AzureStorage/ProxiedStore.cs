using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

/// <summary>A store in Azurite, with something in between that loses, changes and holds back answers.</summary>
public abstract class ProxiedStore(SharedAzurite azurite) : IAsyncLifetime
{
    private protected string Table { get; } = SharedAzurite.NewTable();

    private protected DueSignal Due { get; } = new();

    private protected StorageProxy Proxy { get; private set; } = null!;

    private protected StorageAccount Account { get; private set; } = null!;

    private protected AzureLeadStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var behind = await azurite.GetAsync();
        Proxy = await StorageProxy.StartAsync(behind.Tables);
        Account = SharedAzurite.Account(behind.ConnectionString(Proxy.Service));
        Store = await AzureLeadStore.OpenAsync(Account, Table, Due);
    }

    public async ValueTask DisposeAsync()
    {
        Store?.Dispose();
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
