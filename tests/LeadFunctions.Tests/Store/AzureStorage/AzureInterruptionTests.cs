using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Store.AzureStorage;

public sealed class AzureInterruptionTests(SharedAzurite azurite) : InterruptionContract, IAsyncLifetime
{
    private AzureLeadStore _store = null!;

    private protected override ILeadStore Store => _store;

    public async ValueTask InitializeAsync() =>
        _store = await AzureLeadStore.OpenAsync(await azurite.PatientAccountAsync(), SharedAzurite.NewTable(), new DueSignal());

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }
}
