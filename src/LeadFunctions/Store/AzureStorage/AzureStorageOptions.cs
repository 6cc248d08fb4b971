using System.Text.RegularExpressions;
using Azure.Identity;
using LeadFunctions.Settings;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>The storage account that keeps the leads.</summary>
/// <param name="Table">The table's name. Default <c>LeadFunctions</c>; it is made when there is none.</param>
internal sealed partial record AzureStorageOptions(StorageAccount Account, string Table)
{
    /// <summary>A transaction holds 100 changes, and resubmitting one delivery takes four.</summary>
    public const int MostDestinations = 25;

    /// <summary>An entity takes 1 MiB, and a normalised body can be longer than the body that came.</summary>
    public const int MostBodyBytes = 512 * 1024;

    /// <summary>The account that the Functions host itself uses, when it is known; its queue wakes the functions.</summary>
    public StorageAccount? HostAccount { get; init; }

    private const string ConnectionKey = "Store:ConnectionString";
    private const string HostKey = "AzureWebJobsStorage";
    private const string AccountKey = "Store:AccountName";
    private const string ClientKey = "Store:ClientId";
    private const string TableKey = "Store:Table";

    /// <summary>Null when it is not <paramref name="used"/> or not to be used as it stands; the reader has the faults then.</summary>
    public static AzureStorageOptions? Read(SettingsReader settings, bool used)
    {
        var connection = settings.Text(ConnectionKey);
        var byHost = connection is null && settings.Text(HostKey) is null;
        // What the Functions host itself takes for its storage with an identity.
        var account = settings.Text(AccountKey) ?? (byHost ? settings.Text($"{HostKey}:accountName") : null);
        var client = settings.Text(ClientKey) ?? (byHost ? settings.Text($"{HostKey}:clientId") : null);
        var table = settings.Text(TableKey, "LeadFunctions");
        if (!used)
        {
            return null;
        }

        if (!TableName().IsMatch(table))
        {
            settings.Fault(TableKey, "must be 3 to 63 letters and digits and begin with a letter");
        }

        if (connection is not null && account is not null)
        {
            settings.Fault(AccountKey, $"and {ConnectionKey} are both set; keep one: the name alone means a managed identity");
        }

        var read = account is not null
            ? OfIdentity(settings, account, client, StartEnvironment.AzureSigns.Any(sign => settings.Text(sign) is not null))
            : OfConnection(settings, connection);
        return read is null ? null : new AzureStorageOptions(read, table) { HostAccount = OfHost(settings) };
    }

    private static StorageAccount? OfIdentity(SettingsReader settings, string account, string? client, bool inAzure)
    {
        if (!AccountName().IsMatch(account))
        {
            settings.Fault(AccountKey, "must be a storage account's name, 3 to 24 small letters and digits, without an address around it");
            return null;
        }

        var options = new ManagedIdentityCredentialOptions(client is null
            ? ManagedIdentityId.SystemAssigned
            : ManagedIdentityId.FromUserAssignedClientId(client));
        var managed = new ManagedIdentityCredential(options);
        // A person at a command line has no managed identity, but has signed in (az login).
        return StorageAccount.WithIdentity(account, inAzure ? managed : new ChainedTokenCredential(new AzureCliCredential(), managed));
    }

    private static StorageAccount? OfHost(SettingsReader settings) =>
        settings.Text(HostKey) is { } text && ConnectionText.TryRead(text, out var account, out _) ? account
        : settings.Text($"{HostKey}:accountName") is { } name && AccountName().IsMatch(name)
            ? StorageAccount.WithIdentity(name, new ManagedIdentityCredential(settings.Text($"{HostKey}:clientId") is { } client
                ? ManagedIdentityId.FromUserAssignedClientId(client)
                : ManagedIdentityId.SystemAssigned))
        : null;

    private static StorageAccount? OfConnection(SettingsReader settings, string? connection)
    {
        var key = connection is null ? HostKey : ConnectionKey;
        if ((connection ?? settings.Text(HostKey)) is not { } text)
        {
            settings.Fault(
                ConnectionKey,
                $"is missing, and so is {HostKey}; set it to the storage account's connection string "
                + $"(UseDevelopmentStorage=true for Azurite), or set {AccountKey} to use a managed identity");
            return null;
        }

        if (!ConnectionText.TryRead(text, out var account, out var fault))
        {
            settings.Fault(key, fault);
        }

        return account;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    private static partial Regex TableName();

    [GeneratedRegex("^[a-z0-9]{3,24}$")]
    private static partial Regex AccountName();
}
