using LeadFunctions.Commands;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Commands;

public sealed class StoreCheckTests(SharedAzurite azurite)
{
    [Fact]
    public async Task A_storage_account_that_can_be_used_passes_and_one_that_refuses_the_key_says_so()
    {
        var account = SharedAzurite.Account((await azurite.GetAsync()).ConnectionString());
        var wrong = StorageAccount.WithKey(account.Name, account.Tables, account.Queues, "AQID");

        var passed = await StoreCheck.RunAsync(Options(account));
        var failed = await StoreCheck.RunAsync(Options(wrong));

        Assert.Equal((true, null), (passed.Passed, passed.Advice));
        Assert.False(failed.Passed);
        Assert.Contains("devstoreaccount1", failed.What, StringComparison.Ordinal);
        Assert.Contains("refuses the key", failed.Advice, StringComparison.Ordinal);
    }

    private static StoreOptions Options(StorageAccount account) =>
        new(StoreKind.AzureStorage, "", TimeSpan.FromDays(1), new AzureStorageOptions(account, SharedAzurite.NewTable()));
}
