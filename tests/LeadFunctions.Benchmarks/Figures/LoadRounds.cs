using System.Globalization;
using LeadFunctions.Benchmarks.Load;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>What one server did in all rounds; its figures are medians.</summary>
internal sealed class LoadRounds(string name)
{
    private readonly List<LoadResult> _rounds = [];

    public double RequestsPerSecond => Median.Of(_rounds.Select(round => round.RequestsPerSecond));

    public double P50 => Median.Of(_rounds.Select(round => round.P50Milliseconds));

    public double P99 => Median.Of(_rounds.Select(round => round.P99Milliseconds));

    public void Add(LoadResult round)
    {
        _rounds.Add(round);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-34} {round.RequestsPerSecond,9:0}/s   p50 {round.P50Milliseconds,6:0.00} ms   p99 {round.P99Milliseconds,6:0.00} ms"));
    }

    /// <summary>The medians of this server's rounds, divided by another's.</summary>
    public void Compare(LoadRounds other, string otherName) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name} ÷ {otherName}: requests/s {RequestsPerSecond / other.RequestsPerSecond:0.000}, p50 {P50 / other.P50:0.00}, p99 {P99 / other.P99:0.00} (p99 {P99:0.00} ms)"));
}
