using LeadFunctions.Settings;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>Whether people must be told. Alone it is asked each minute by a loop; behind the Functions host the timer asks.</summary>
internal static class AlertRegistration
{
    public static void AddAlerts(this IServiceCollection services, AlertOptions options, TelemetryOptions telemetry, StartEnvironment start)
    {
        services.AddSingleton(options).AddSingleton<AlertService>();
        if (!start.BehindHost && (options.IsOn || telemetry.IsExported))
        {
            services.AddHostedService<AlertLoop>();
        }
    }
}
