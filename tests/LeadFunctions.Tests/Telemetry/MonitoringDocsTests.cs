using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Telemetry;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Telemetry;

/// <summary>The dashboard, the rules and the documentation speak of metrics that exist, and the documentation of all of them.</summary>
public sealed partial class MonitoringDocsTests
{
    private static readonly IReadOnlyList<Instrument> Instruments = Published();

    [Fact]
    public void Every_metric_is_documented_and_none_that_does_not_exist()
    {
        var table = Text("docs", "monitoring.md").Split('\n').Where(line => line.StartsWith("| `leadfunctions.", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);

        Assert.Equal(
            Instruments.Select(instrument => instrument.Name).Order(StringComparer.Ordinal),
            table.SelectMany(cell => Dotted().Matches(cell).Select(match => match.Value)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_metric_of_the_dashboard_exists_by_its_name_in_Prometheus()
    {
        var text = Text("docs", "monitoring", "grafana-dashboard.json");
        using var dashboard = JsonDocument.Parse(text);

        var used = Underscored().Matches(text).Select(match => match.Value).Where(name => name != "leadfunctions").Distinct().ToArray();

        Assert.Equal(14, dashboard.RootElement.GetProperty("panels").GetArrayLength());
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(Instruments.SelectMany(PrometheusNames)));
        Assert.Empty(Instruments.Where(instrument => !PrometheusNames(instrument).Intersect(used).Any()).Select(instrument => instrument.Name));
    }

    [Fact]
    public void Every_metric_of_the_rules_exists()
    {
        var used = Dotted().Matches(Text("infra", "alerts.bicep")).Select(match => match.Value).ToArray();

        Assert.Equal(2, used.Length);
        Assert.Empty(used.Except(Instruments.Select(instrument => instrument.Name)));
    }

    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = instrument.Name.Replace('.', '_') + unit;
        return instrument switch
        {
            Counter<long> => [$"{name}_total"],
            Histogram<double> => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    private static List<Instrument> Published()
    {
        RuntimeHelpers.RunClassConstructor(typeof(LeadMetrics).TypeHandle);
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == LeadTracing.Name)
                {
                    instruments.Add(instrument);
                }
            },
        };
        listener.Start();
        return instruments;
    }

    private static string Text(params string[] path) => File.ReadAllText(Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"leadfunctions(\.[a-z_]+)+")]
    private static partial Regex Dotted();

    [GeneratedRegex("leadfunctions_[a-z_]+")]
    private static partial Regex Underscored();
}
