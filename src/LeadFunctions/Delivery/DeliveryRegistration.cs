using LeadFunctions.Destinations.Content;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;

namespace LeadFunctions.Delivery;

/// <summary>What claims due deliveries and sends them on: loops, and behind the host with Azure Storage its queue and timer.</summary>
internal static class DeliveryRegistration
{
    public static void AddDelivery(this IServiceCollection services, DeliveryOptions options, StoreOptions store, StartEnvironment start)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider =>
            CountMail(provider.GetRequiredService<IDeliveryStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DestinationTroubles>();
        services.AddSingleton<Sweep>();
        if (start.BehindHost && store.Azure is not null)
        {
            services.AddSingleton(provider =>
                ActivatorUtilities.CreateInstance<QueuedDelivery>(provider, (AzureLeadStore)provider.GetRequiredService<ILeadStore>()));
            services.AddDelivering<QueuedDelivery>();
        }
        else
        {
            services.AddSingleton<DeliveryLoops>();
            services.AddDelivering<DeliveryLoops>();
        }
    }

    /// <summary>The store counts, so that neither a restart nor a second attempt changes the count of a day (UTC).</summary>
    private static MailCount CountMail(IDeliveryStore store, TimeProvider time) => async (recipients, lead, most) =>
    {
        try
        {
            return await store.CountMailAsync(recipients, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), lead, most);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    };

    private static void AddDelivering<T>(this IServiceCollection services)
        where T : class, IDueDelivery, IHostedService
    {
        services.AddSingleton<IDueDelivery>(provider => provider.GetRequiredService<T>());
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
