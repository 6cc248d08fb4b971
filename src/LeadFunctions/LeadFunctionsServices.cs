using System.Security.Cryptography;
using LeadFunctions.Appointments;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Hosting.Health;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;
using LeadFunctions.Telemetry.Alerts;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeadFunctions;

/// <summary>What the program is made of, a line for each feature: the same alone and behind the Functions host.</summary>
internal static class LeadFunctionsServices
{
    /// <summary>Throws <see cref="SettingsException"/> with every fault of the configuration.</summary>
    /// <returns>What was configured.</returns>
    public static AppOptions AddLeadFunctions(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        // On Linux this loads OpenSSL, for which the first lead's deduplication key would have to wait.
        _ = Task.Run(() => SHA256.HashData([]));
        var options = AppOptions.ReadFaultless(configuration, environment);
        services.AddLeadFunctions(options);
        return options;
    }

    public static void AddLeadFunctions(this IServiceCollection services, AppOptions options)
    {
        services.AddSingleton(options.Start);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            // Delivery claims nothing more from the moment of the stop, however long the server waits for an open request.
            host.ServicesStopConcurrently = true;
        });

        // Behind the host with a shared store, each function has instances of its own, and what runs in the background would run in all of
        // them: there the queue and the timers start the work.
        var inBackground = !options.Start.BehindHost || options.Store.Azure is null;
        services.AddTelemetry(options.Telemetry, options.Start, store: options.Store.Azure is null ? "sqlite" : "azure.table");
        services.AddStore(options.Store, options.Start);
        services.AddIntake(options.Intake, options.Schema);
        services.AddAppointments(options.Bookings, inBackground);
        services.AddDestinations(options.Destinations);
        services.AddDelivery(options.Delivery, inBackground);
        services.AddRuns(options.Runs, options.Store);
        services.AddAlerts(options.Alerts, options.Telemetry, options.Start);
        services.AddHealth();
    }

    /// <summary>Every address that the program answers when it runs alone; each function has its own of them.</summary>
    public static void MapLeadFunctions(this IEndpointRouteBuilder routes)
    {
        routes.MapLeads();
        routes.MapAppointments();
        routes.MapRuns();
        routes.MapHealth();
        routes.MapOpenApi();
    }
}
