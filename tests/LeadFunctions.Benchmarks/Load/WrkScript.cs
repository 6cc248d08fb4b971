using System.Globalization;

namespace LeadFunctions.Benchmarks.Load;

/// <summary>What <c>wrk</c> is told: every body another lead, and at the end one line that <see cref="LoadResult.Parse"/> reads.</summary>
internal static class WrkScript
{
    // wrk counts as an error of status what is 400 or more. Other answers than 202 below that show when stored leads are counted.
    private const string Script =
        """
        local before, after, number = BEFORE, AFTER, FIRST
        request = function()
          number = number + 1
          return before .. string.format("%016.0f", number) .. after
        end
        done = function(summary, latency)
          local e = summary.errors
          io.write(string.format("%d %.6f %.4f %.4f %d\n", summary.requests, summary.duration / 1e6,
            latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.status + e.connect + e.read + e.write + e.timeout))
        end
        """;

    public static string[] Command(string wrk, LoadPlan plan, Scratch scratch)
    {
        var file = scratch.File("load.lua");
        File.WriteAllText(file, Script
            .Replace("BEFORE", Quoted(LeadRequest.Before), StringComparison.Ordinal)
            .Replace("AFTER", Quoted(LeadRequest.After), StringComparison.Ordinal)
            .Replace("FIRST", LeadRequest.FirstNumber().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return [wrk, "-t1", $"-c{plan.Connections}", $"-d{(int)plan.Time.TotalSeconds}s", "--timeout", "10s", "-s", file, $"http://127.0.0.1:{plan.Port}/"];
    }

    private static string Quoted(string text) =>
        "\"" + string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter.ToString() : $"\\{(int)letter:000}")) + "\"";
}
