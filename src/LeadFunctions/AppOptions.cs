using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Telemetry;

namespace LeadFunctions;

/// <summary>Everything that is configured.</summary>
internal sealed record AppOptions(
    StartEnvironment Start,
    IntakeOptions Intake,
    LeadSchema Schema,
    StoreOptions Store,
    DeliveryOptions Delivery,
    RunOptions Runs,
    IReadOnlyList<ConfiguredDestination> Destinations,
    BookingsOptions? Bookings,
    TelemetryOptions Telemetry,
    AlertOptions Alerts)
{
    /// <summary>Throws <see cref="SettingsException"/> with every fault.</summary>
    public static AppOptions ReadFaultless(IConfiguration configuration, IHostEnvironment environment)
    {
        var settings = new SettingsReader(configuration);
        var options = Read(settings, environment);
        return settings.Faults.Count == 0 ? options : throw new SettingsException(settings.Faults);
    }

    /// <summary>To be used only when the reader has found no fault.</summary>
    public static AppOptions Read(SettingsReader settings, IHostEnvironment environment)
    {
        var start = StartEnvironment.Read(settings);
        var destinations = DestinationSettings.Read(settings, start);
        var options = new AppOptions(
            start,
            IntakeOptions.Read(settings, start),
            IntakeOptions.ReadSchema(settings),
            StoreOptions.Read(settings, start),
            DeliveryOptions.Read(settings),
            RunOptions.Read(settings, start, environment),
            destinations,
            BookingsOptions.Read(settings),
            TelemetryOptions.Read(settings),
            AlertOptions.Read(settings, destinations));
        if (options.Store.Kind == StoreKind.AzureStorage && options.Intake.MaxBodyBytes > AzureStorageOptions.MostBodyBytes)
        {
            settings.Fault("Intake:MaxBodyBytes", $"must be {AzureStorageOptions.MostBodyBytes} or less with Store:Kind=AzureStorage");
        }

        if (options.Store.Azure is not null && options.Destinations.Count > AzureStorageOptions.MostDestinations)
        {
            settings.Fault(
                "Destinations",
                $"has {options.Destinations.Count} destinations; with Store:Kind=AzureStorage at most "
                + $"{AzureStorageOptions.MostDestinations} can be served, because all that happens to a lead must fit into one "
                + "transaction of its table");
        }

        Logs.Check(settings);
        Configurations.RefuseUnknown(settings);
        return options;
    }
}
