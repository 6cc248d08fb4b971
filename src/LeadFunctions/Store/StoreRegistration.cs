using LeadFunctions.Settings;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Store;

/// <summary>The store that the settings name, under each of its roles.</summary>
internal static class StoreRegistration
{
    public static void AddStore(this IServiceCollection services, StoreOptions options, StartEnvironment start)
    {
        services.AddSingleton(options);
        services.AddSingleton<DueSignal>();
        services.AddSingleton<ILeadStore>(provider => options.Azure is { } azure
            ? AzureLeadStore.OpenAsync(
                azure.Account,
                azure.Table,
                provider.GetRequiredService<DueSignal>(),
                provider.GetService<DeliveryQueueSender>()).GetAwaiter().GetResult()
            : SqliteLeadStore.Open(options.Path, provider.GetRequiredService<DueSignal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ILeadIntakeStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IDeliveryStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IRunHistoryStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IActionStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IKeyValueStore>(provider => provider.GetRequiredService<ILeadStore>());
        if (start.BehindHost && options.Azure is { } queued)
        {
            // The trigger reads the queue of the host's own account.
            services.AddSingleton(provider => new DeliveryQueueSender(
                queued.HostAccount ?? queued.Account,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<DeliveryQueueSender>>()));
        }

        services.AddSingleton<Retention>();
        if (!start.BehindHost)
        {
            services.AddHostedService<RetentionService>();
        }
    }
}
