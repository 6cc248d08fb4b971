using LeadFunctions.Settings;
using LeadFunctions.Store.AzureStorage;

namespace LeadFunctions.Store;

/// <summary>The engines that can keep leads.</summary>
internal enum StoreKind
{
    /// <summary>A file of this machine, for one program.</summary>
    Sqlite,

    /// <summary>A table of an Azure Storage account, for several.</summary>
    AzureStorage,
}

/// <summary>Where leads are kept.</summary>
/// <param name="Path">The SQLite file, made with its folder. Default <c>leads.db</c> in <see cref="StartEnvironment.DataFolder"/>.</param>
/// <param name="Azure">With <see cref="StoreKind.AzureStorage"/>, the account and its table.</param>
/// <param name="Retention">Finished runs older than this are removed; dead letters are kept. Default 90 days.</param>
internal sealed record StoreOptions(StoreKind Kind, string Path, TimeSpan Retention, AzureStorageOptions? Azure = null)
{
    /// <summary>What people call the place where leads are.</summary>
    public string Place => Azure is { } azure ? $"the table {azure.Table} of the storage account {azure.Account.Name}" : Path;

    public static StoreOptions Read(SettingsReader settings, StartEnvironment start)
    {
        var kind = settings.Choice("Store:Kind", StoreKind.Sqlite);
        if (kind == StoreKind.Sqlite && start.InAzure)
        {
            settings.Fault(
                "Store:Kind",
                "is Sqlite, but an Azure app's own disk is temporary and leads on it would be lost; set it to AzureStorage");
        }

        var path = ReadPath(settings, start);
        if (System.IO.Path.GetFileName(path).Length == 0 || Directory.Exists(path))
        {
            settings.Fault("Store:Path", "names a folder; it must name a file, which is made when there is none");
        }

        return new StoreOptions(
            kind,
            path,
            settings.Duration("Store:Retention", TimeSpan.FromDays(90), TimeSpan.FromHours(1), TimeSpan.FromDays(36_500)),
            AzureStorageOptions.Read(settings, kind == StoreKind.AzureStorage));
    }

    public static string ReadPath(SettingsReader settings, StartEnvironment start) =>
        System.IO.Path.GetFullPath(settings.Text("Store:Path", System.IO.Path.Combine(start.DataFolder, "leads.db")));
}
