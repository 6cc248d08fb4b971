using LeadFunctions.Settings;

namespace LeadFunctions.Telemetry;

/// <summary>
/// What is exported, and to where: the standard variables of OpenTelemetry and of Application Insights, as the ecosystem knows them.
/// </summary>
/// <param name="Traces">The OTLP endpoint of spans; null: none are sent.</param>
/// <param name="ApplicationInsights">The connection string of <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>.</param>
internal sealed record TelemetryOptions(OtlpEndpoint? Traces, OtlpEndpoint? Metrics, OtlpEndpoint? Logs, string? ApplicationInsights)
{
    /// <summary>
    /// Application Insights takes no connection string alone: the managed identity signs in
    /// (<c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>).
    /// </summary>
    public bool SignsIn { get; init; }

    /// <summary>Of a user-assigned identity; null: the system's.</summary>
    public string? ClientId { get; init; }

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public bool IsExported => Traces is not null || Metrics is not null || Logs is not null || ApplicationInsights is not null;

    public static TelemetryOptions Read(SettingsReader settings)
    {
        var insights = settings.Text("APPLICATIONINSIGHTS_CONNECTION_STRING");
        if (insights is not null && !insights.Contains("InstrumentationKey=", StringComparison.OrdinalIgnoreCase))
        {
            settings.Fault(
                "APPLICATIONINSIGHTS_CONNECTION_STRING",
                "is no connection string of Application Insights: it has no InstrumentationKey=…");
            insights = null;
        }

        return settings.Text("OTEL_SDK_DISABLED") is { } disabled && disabled.Equals("true", StringComparison.OrdinalIgnoreCase)
            ? new TelemetryOptions(null, null, null, null)
            : new TelemetryOptions(Read(settings, "TRACES"), Read(settings, "METRICS"), Read(settings, "LOGS"), insights)
            {
                SignsIn = Part(settings, "Authorization") is { } kind && kind.Equals("AAD", StringComparison.OrdinalIgnoreCase),
                ClientId = Part(settings, "ClientId"),
            };
    }

    /// <summary>One of the parts of <c>Authorization=AAD;ClientId=…</c>.</summary>
    private static string? Part(SettingsReader settings, string name) => settings.Text("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")?
        .Split(';', StringSplitOptions.TrimEntries)
        .Select(part => part.Split('=', 2))
        .FirstOrDefault(part => part.Length == 2 && part[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];

    private static OtlpEndpoint? Read(SettingsReader settings, string signal)
    {
        if (settings.Text($"OTEL_{signal}_EXPORTER") is { } exporter && !exporter.Equals("otlp", StringComparison.OrdinalIgnoreCase))
        {
            // "none", or another exporter, of which there is none here.
            return null;
        }

        var own = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        return settings.Text(own) is { } whole ? Read(settings, own, whole, isWhole: true)
            : settings.Text(Endpoint) is { } shared ? Read(settings, Endpoint, shared, isWhole: false)
            : null;
    }

    private static OtlpEndpoint? Read(SettingsReader settings, string key, string text, bool isWhole)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return new OtlpEndpoint(url, isWhole);
        }

        if (!settings.Faults.Any(fault => fault.Key == key))
        {
            settings.Fault(key, "is no address such as http://localhost:4317");
        }

        return null;
    }
}

/// <param name="IsWhole">
/// It is a signal's own and used as it stands; otherwise the exporter adds the signal's path where its protocol has one.
/// </param>
internal sealed record OtlpEndpoint(Uri Url, bool IsWhole);
