using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using LeadFunctions.Settings;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeadFunctions.Telemetry;

/// <summary>
/// Sends spans, metrics and logs on. The only place that touches OpenTelemetry's libraries: nothing of them is loaded when nothing is
/// exported.
/// </summary>
internal static class TelemetryExport
{
    private static readonly string[] Meters = [LeadTracing.Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime"];

    /// <param name="store">What the store is called in spans (<c>db.system</c>).</param>
    public static void AddTelemetry(this IServiceCollection services, TelemetryOptions options, StartEnvironment start, string store)
    {
        LeadTracing.StoreSystem = store;
        if (options.IsExported)
        {
            Add(services, options, start.BehindHost);
        }
    }

    /// <summary>Adds what is configured. Not to be inlined: compiling the caller must not load the libraries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(IServiceCollection services, TelemetryOptions options, bool isBehindHost)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource
                    .AddService(
                        "leadfunctions",
                        serviceVersion: typeof(TelemetryExport)
                            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                            ?.InformationalVersion.Split('+')[0])
                    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
                    .AddEnvironmentVariableDetector());
        if (isBehindHost)
        {
            // Tells the host that its worker exports by itself; host.json's telemetryMode is the other half, without which rows come twice.
            telemetry.UseFunctionsWorkerDefaults();
        }

        var all = options.ApplicationInsights is not null;
        if (all || options.Traces is not null)
        {
            telemetry.WithTracing(traces =>
            {
                traces.AddSource(LeadTracing.Name).AddSource("System.Net.Http");
                if (!isBehindHost)
                {
                    // The host has the span of the request already, and hands its context on.
                    traces.AddAspNetCoreInstrumentation(requests => requests.Filter = IsPostOfLeads);
                }

                traces.AddProcessor(new PrivateSpans());
                AddOtlp(options.Traces, otlp => traces.AddOtlpExporter(otlp));
            });
        }

        if (all || options.Metrics is not null)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                AddOtlp(options.Metrics, otlp => metrics.AddOtlpExporter(otlp));
            });
        }

        if (all || options.Logs is not null)
        {
            // The framework's talk of single requests names what callers asked for; only what it complains of goes out.
            services.AddLogging(logging => logging
                .AddFilter<OpenTelemetryLoggerProvider>("Microsoft", LogLevel.Warning)
                .AddFilter<OpenTelemetryLoggerProvider>("System", LogLevel.Warning));
            telemetry.WithLogging(
                logs => AddOtlp(options.Logs, otlp => logs.AddOtlpExporter(otlp)),
                // Scopes hold the paths of requests.
                logger => (logger.IncludeFormattedMessage, logger.IncludeScopes) = (true, false));
        }

        if (options.ApplicationInsights is { } connection)
        {
            telemetry.UseAzureMonitorExporter(monitor =>
            {
                monitor.ConnectionString = connection;
                // Its pictures of single requests go past what takes secrets out of spans.
                monitor.EnableLiveMetrics = false;
                // Its own default drops what exceeds five traces a second: of a burst of leads most would have none.
                // OTEL_TRACES_SAMPLER can.
                monitor.TracesPerSecond = null;
                monitor.SamplingRatio = 1;
                if (options.SignsIn)
                {
                    monitor.Credential = new ManagedIdentityCredential(
                        options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
                }
            });
        }
    }

    private static void AddOtlp(OtlpEndpoint? endpoint, Action<Action<OtlpExporterOptions>> add)
    {
        if (endpoint is not null)
        {
            add(otlp =>
            {
                // The shared one is read by the exporter itself, with headers, protocol and timeout.
                if (endpoint.IsWhole)
                {
                    otlp.Endpoint = endpoint.Url;
                }
            });
        }
    }

    /// <summary>The page asks every few seconds, and health probes too: neither says anything of a lead.</summary>
    private static bool IsPostOfLeads(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
        && context.Request.Path.Value?.ToLowerInvariant()
            is "/api/leads"
                or "/api/appointments/created"
                or "/api/appointments/updated"
                or "/api/appointments/cancelled";

    /// <summary>
    /// Takes out of the framework's spans what may be a secret or a person's, whatever the environment asks for: keys in query strings,
    /// callers' addresses, and the paths of requests to remote systems (that of a Slack webhook is its password, that of a calendar a mail
    /// address).
    /// </summary>
    private sealed class PrivateSpans : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Source.Name == LeadTracing.Name)
            {
                return;
            }

            foreach (var tag in new[] { "url.query", "client.address", "network.peer.address", "user_agent.original" })
            {
                data.SetTag(tag, null);
            }

            if (data.GetTagItem("url.full") is string url)
            {
                data.SetTag(
                    "url.full",
                    Uri.TryCreate(url, UriKind.Absolute, out var full) ? $"{full.GetLeftPart(UriPartial.Authority)}/Redacted" : "Redacted");
            }
        }
    }
}
