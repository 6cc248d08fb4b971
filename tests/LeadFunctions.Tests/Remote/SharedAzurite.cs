using System.Globalization;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Remote;

[assembly: AssemblyFixture(typeof(SharedAzurite))]

namespace LeadFunctions.Tests.Remote;

/// <summary>One Azurite for all tests, started by the first that asks for it; each test has a table of its own.</summary>
public sealed class SharedAzurite : IAsyncDisposable
{
    private static int _tables;

    private readonly Lazy<Task<Azurite>> _azurite = new(Azurite.StartAsync);

    internal async Task<Azurite> GetAsync()
    {
        Assert.SkipWhen(Azurite.Missing is not null, Azurite.Missing ?? "");
        return await _azurite.Value;
    }

    /// <summary>Azurite refuses a table with the name of its account.</summary>
    internal static string NewTable() => string.Create(CultureInfo.InvariantCulture, $"leads{Interlocked.Increment(ref _tables)}");

    internal static StorageAccount Account(string connectionString)
    {
        Assert.True(ConnectionText.TryRead(connectionString, out var account, out var fault), fault);
        return account;
    }

    /// <summary>With more time than a program gives its account: on a busy machine the emulator may need that.</summary>
    internal async Task<StorageAccount> PatientAccountAsync() =>
        Account((await GetAsync()).ConnectionString()) with { MostForOne = TimeSpan.FromMinutes(1), MostForAll = TimeSpan.FromMinutes(2) };

    public async ValueTask DisposeAsync()
    {
        if (_azurite is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _azurite.Value).DisposeAsync();
        }
    }
}
