using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Appointments;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Health;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeadFunctions;

/// <summary>Puts the program together, and makes of it the server that runs alone. <see cref="LeadFunctionsWorker"/> makes a function app of it.</summary>
internal static class LeadFunctionsApp
{
    /// <summary>The settings from wherever they come, and nothing else yet. Throws <see cref="SettingsException"/> when a file is no JSON.</summary>
    public static WebApplicationBuilder Configure(string[] args)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Configurations.EnvironmentName,
        });
        Configurations.Add(builder.Configuration, args);
        return builder;
    }

    /// <summary>
    /// Throws <see cref="SettingsException"/> with every fault of the configuration, and <see cref="StoreUnavailableException"/> when
    /// the store can't be opened.
    /// </summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = Configure(args);
        change?.Invoke(builder);

        var options = AppOptions.ReadFaultless(builder.Configuration, builder.Environment);
        builder.Logging.AddFilters(builder.Configuration);
        builder.Logging.AddLines();
        builder.AddServer(options.Start);
        builder.Services.AddRoutingCore();
        builder.Services.AddLeadFunctions(options);

        var app = builder.Build();
        app.Services.GetRequiredService<ILeadStore>();
        app.UseAnswers();
        app.UseLeads();
        app.UseRouting();
        app.MapLeads();
        app.MapAppointments();
        app.MapHealth();
        app.MapRuns();
        app.MapOpenApi();
        return app;
    }

    /// <summary>Everything but what takes requests: the same alone and behind the Functions host.</summary>
    public static void AddLeadFunctions(this IServiceCollection services, AppOptions options)
    {
        var (start, intake, schema, store, delivery, runs, destinations, bookings, telemetry, alerts) = options;
        if (telemetry.IsExported)
        {
            TelemetryExport.Add(services, telemetry, start.BehindHost);
        }

        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            // Delivery claims nothing more from the moment of the stop, however long the server waits for an open request.
            host.ServicesStopConcurrently = true;
        });
        services.AddSingleton(start).AddSingleton(intake).AddSingleton(schema).AddSingleton(store).AddSingleton(delivery).AddSingleton(destinations);
        services.AddSingleton(_ => runs.WithLocalKey(store.Path));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<DueSignal>();
        LeadTracing.StoreSystem = store.Azure is null ? "sqlite" : "azure.table";
        services.AddSingleton<ILeadStore>(provider => store.Azure is { } azure
            ? AzureLeadStore.OpenAsync(azure.Account, azure.Table, provider.GetRequiredService<DueSignal>(), provider.GetService<DeliveryQueue>()).GetAwaiter().GetResult()
            : SqliteLeadStore.Open(store.Path, provider.GetRequiredService<DueSignal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ILeadIntakeStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IDeliveryStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IRunHistoryStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<IActStore>(provider => provider.GetRequiredService<ILeadStore>());
        services.AddSingleton<INoteStore>(provider => provider.GetRequiredService<ILeadStore>());
        if (start.BehindHost && store.Azure is { } queued)
        {
            // The trigger reads the queue of the host's own account.
            services.AddSingleton(provider => new DeliveryQueue(queued.HostAccount ?? queued.Account, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DeliveryQueue>>()));
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<QueuedDelivery>(provider, (AzureLeadStore)provider.GetRequiredService<ILeadStore>()));
        }

        services.AddSingleton<IReadOnlyList<DestinationRoute>>([.. destinations.Select(destination => destination.Route)]);
        services.AddSingleton<LeadKeeper>().AddSingleton<IntakePosts>();
        services.AddSingleton<LeadIntake>();
        services.AddSingleton<AppointmentIntake>();
        services.AddSingleton(provider => new IntakeGate(intake, start, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RemoteClient>();
        services.AddSingleton<MailCounter>();
        services.TryAddSingleton(provider => new DestinationServices(provider.GetRequiredService<RemoteClient>(), provider.GetRequiredService<TimeProvider>())
        {
            CountMail = provider.GetRequiredService<MailCounter>().CountAsync,
        });
        services.AddSingleton<DestinationTroubles>();
        services.AddSingleton<DeliveryService>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryService>());
        services.AddSingleton<Retention>();
        services.AddSingleton<Sweep>();
        services.AddSingleton(alerts).AddSingleton<AlertService>();
        if (!start.BehindHost)
        {
            services.AddHostedService<RetentionService>();
            if (alerts.IsOn || telemetry.IsExported)
            {
                services.AddHostedService<AlertLoop>();
            }
        }

        services.AddSingleton<StoreHealth>();
        if (bookings is not null)
        {
            services.AddBookings(bookings);
        }
    }
}
