using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Http;
using LeadFunctions.Health;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeadFunctions;

/// <summary>Puts the program together: reads the settings, opens the store, joins the rooms.</summary>
internal static class LeadFunctionsApp
{
    /// <summary>
    /// Throws <see cref="SettingsException"/> with every fault of the configuration, and <see cref="StoreUnavailableException"/> when
    /// the store can't be opened.
    /// </summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Configurations.EnvironmentName,
        });
        Configurations.Add(builder.Configuration, args);
        change?.Invoke(builder);

        var settings = new SettingsReader(builder.Configuration);
        var start = StartEnvironment.Read(settings);
        var intake = IntakeOptions.Read(settings, start);
        var schema = IntakeOptions.ReadSchema(settings);
        var store = StoreOptions.Read(settings, start);
        var delivery = DeliveryOptions.Read(settings);
        var runs = RunOptions.Read(settings, start, builder.Environment);
        var destinations = DestinationSettings.Read(settings, start);
        if (store.Kind == StoreKind.AzureStorage && intake.MaxBodyBytes > AzureStorageOptions.MostBodyBytes)
        {
            settings.Fault("Intake:MaxBodyBytes", $"must be {AzureStorageOptions.MostBodyBytes} or less with Store:Kind=AzureStorage");
        }

        Configurations.RefuseUnknown(settings);
        if (settings.Faults.Count > 0)
        {
            throw new SettingsException(settings.Faults);
        }

        builder.AddLogs();
        builder.AddServer(start);
        var services = builder.Services;
        services.AddRoutingCore();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            // Delivery claims nothing more from the moment of the stop, however long the server waits for an open request.
            host.ServicesStopConcurrently = true;
        });
        services.AddSingleton(start).AddSingleton(intake).AddSingleton(schema).AddSingleton(store).AddSingleton(delivery).AddSingleton(runs).AddSingleton(destinations);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<DueSignal>();
        services.AddSingleton<ILeadStore>(provider => store.Azure is { } azure
            ? AzureLeadStore.OpenAsync(azure.Account, azure.Table, provider.GetRequiredService<DueSignal>()).GetAwaiter().GetResult()
            : SqliteLeadStore.Open(store.Path, provider.GetRequiredService<DueSignal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IReadOnlyList<DestinationRoute>>([.. destinations.Select(destination => destination.Route)]);
        services.AddSingleton<LeadIntake>();
        services.AddSingleton(new IntakeGate(intake, start.BehindHost));
        services.AddSingleton<RemoteClient>();
        services.TryAddSingleton(provider => new DestinationServices(provider.GetRequiredService<RemoteClient>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeliveryService>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryService>());
        services.AddHostedService<Retention>();
        services.AddSingleton<StoreHealth>();

        var app = builder.Build();
        app.Services.GetRequiredService<ILeadStore>();
        app.UseAnswers();
        app.UseLeads();
        app.UseRouting();
        app.MapLeads();
        app.MapHealth();
        app.MapRuns();
        app.MapOpenApi();
        if (start.BehindHost)
        {
            app.MapDeliver();
        }

        return app;
    }
}
