using System.Globalization;
using LeadFunctions.Benchmarks.Load;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>What one server did in all rounds; its figures are medians.</summary>
internal sealed class LoadRounds(string name)
{
    private readonly List<LoadResult> _rounds = [];
    private readonly List<double> _cpu = [];

    public double RequestsPerSecond => Median.Of(_rounds.Select(round => round.RequestsPerSecond));

    public double P50 => Median.Of(_rounds.Select(round => round.P50Milliseconds));

    public double P99 => Median.Of(_rounds.Select(round => round.P99Milliseconds));

    /// <summary>How far the rounds lie apart, as a share of their median. On a quiet machine a few percent.</summary>
    public double Spread => (_rounds.Max(round => round.RequestsPerSecond) - _rounds.Min(round => round.RequestsPerSecond)) / RequestsPerSecond;

    /// <summary>Microseconds of the server's core for a request; NaN where the system doesn't tell.</summary>
    public double Cpu => Median.Of(_cpu);

    /// <param name="cpu">What the server used in the round.</param>
    public void Add(LoadResult round, TimeSpan? cpu)
    {
        _rounds.Add(round);
        _cpu.Add(cpu?.TotalMicroseconds / round.Requests ?? double.NaN);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-34} {round.RequestsPerSecond,9:0}/s   p50 {round.P50Milliseconds,6:0.00} ms   p99 {round.P99Milliseconds,6:0.00} ms   {_cpu[^1],6:0.0} µs of CPU each"));
    }

    /// <summary>The medians of this server's rounds, divided by another's. Requests for each second of CPU hold even while other programs take the cores.</summary>
    public void Compare(LoadRounds other, string otherName) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name} ÷ {otherName}: requests/s {RequestsPerSecond / other.RequestsPerSecond:0.000}, p50 {P50 / other.P50:0.00}, p99 {P99 / other.P99:0.00} (p99 {P99:0.00} ms), requests per CPU second {other.Cpu / Cpu:0.000}"));
}
