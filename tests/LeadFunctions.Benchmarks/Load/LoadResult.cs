using System.Globalization;

namespace LeadFunctions.Benchmarks.Load;

/// <param name="Failures">Answers other than 202, and connections that were lost.</param>
internal sealed record LoadResult(long Requests, double Seconds, double P50Milliseconds, double P99Milliseconds, long Failures)
{
    public double RequestsPerSecond => Requests / Seconds;

    /// <summary>From latencies in <see cref="System.Diagnostics.Stopwatch"/> time, in any order.</summary>
    public static LoadResult Of(List<TimeSpan> latencies, TimeSpan time, long failures)
    {
        latencies.Sort();
        return new LoadResult(latencies.Count, time.TotalSeconds, At(0.50), At(0.99), failures);

        double At(double share) => latencies.Count == 0 ? double.NaN : latencies[(int)(share * (latencies.Count - 1))].TotalMilliseconds;
    }

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Requests} {Seconds:R} {P50Milliseconds:R} {P99Milliseconds:R} {Failures}");

    /// <summary>The last line that a generator printed.</summary>
    public static LoadResult Parse(string output)
    {
        var fields = output.Trim().Split('\n')[^1].Split(' ');
        return fields.Length == 5
            ? new LoadResult(long.Parse(fields[0], CultureInfo.InvariantCulture), Number(1), Number(2), Number(3), long.Parse(fields[4], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The load generator printed:\n{output}");

        double Number(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture);
    }
}
