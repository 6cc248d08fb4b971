using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

public sealed class AzureLeadStoreTests(SharedAzurite azurite) : LeadStoreContract, IAsyncLifetime
{
    private AzureLeadStore _store = null!;

    private protected override ILeadStore Store => _store;

    private protected override int CasesOf(int usual) => usual * 2 / 5;

    public async ValueTask InitializeAsync() =>
        _store = await AzureLeadStore.OpenAsync(await azurite.PatientAccountAsync(), SharedAzurite.NewTable(), new DueSignal());

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }
}
