using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Remote;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeadFunctions.Destinations;

/// <summary>
/// What destinations share. Their kinds are in <see cref="DestinationSettings"/>, which reads how each is made
/// (<see cref="ConfiguredDestination.Make"/>).
/// </summary>
internal static class DestinationRegistration
{
    public static void AddDestinations(this IServiceCollection services, IReadOnlyList<ConfiguredDestination> destinations)
    {
        services.AddSingleton(destinations);
        services.AddSingleton<IReadOnlyList<DestinationRoute>>([.. destinations.Select(destination => destination.Route)]);
        services.AddSingleton<RemoteClient>();
        services.TryAddSingleton(provider =>
            new DestinationServices(provider.GetRequiredService<RemoteClient>(), provider.GetRequiredService<TimeProvider>())
            {
                CountMail = provider.GetRequiredService<MailCount>(),
            });
    }
}
