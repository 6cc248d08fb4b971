using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;

namespace LeadFunctions.Delivery;

/// <summary>What claims due deliveries and sends them on: loops, and behind the host with Azure Storage its queue and timer.</summary>
internal static class DeliveryRegistration
{
    /// <param name="inBackground">Loops go on by themselves; else only what the host calls delivers.</param>
    public static void AddDelivery(this IServiceCollection services, DeliveryOptions options, bool inBackground)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider =>
            CountMail(provider.GetRequiredService<IDeliveryStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DestinationTroubles>();
        services.AddSingleton<Sweep>();
        if (inBackground)
        {
            services.AddSingleton<DeliveryLoops>();
            services.AddDelivering<DeliveryLoops>();
        }
        else
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<QueueTriggeredDelivery>(
                provider, (AzureLeadStore)provider.GetRequiredService<ILeadStore>()));
            services.AddDelivering<QueueTriggeredDelivery>();
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
        where T : class, IOverdueDelivery, IHostedService
    {
        services.AddSingleton<IOverdueDelivery>(provider => provider.GetRequiredService<T>());
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
