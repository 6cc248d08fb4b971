using System.Globalization;
using System.Security;
using System.Text;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Telemetry;

/// <summary>A trace as viewers show it, a line for each span below the one that it belongs to, in artifacts/screenshots for people to look at.</summary>
internal static class TracePicture
{
    private const int Row = 22;
    private const int Names = 250;
    private const int Width = 900;

    public static void Draw(string name, IReadOnlyList<OtlpSpan> trace)
    {
        var (begin, end) = (trace.Min(span => span.Start), trace.Max(span => span.End));
        var ids = trace.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var rows = trace.Where(span => !ids.Contains(span.ParentId)).OrderBy(span => span.Start).SelectMany(span => Below(span, 0)).ToList();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {(rows.Count + 1) * Row}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        foreach (var (index, (span, depth)) in rows.Index())
        {
            var (top, left, right) = (index * Row, At(span.Start), At(span.End));
            var colour = span.Status == 2 ? "#b3261e" : span.Kind == 3 ? "#6b8fb5" : "#0b62a8";
            var note = Note(span);
            // What ends at the right edge is written on the left of it.
            var (at, anchor) = right < Width - 220 ? (right + 6, "start") : (left - 6, "end");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{8 + (depth * 14)}\" y=\"{top + 16}\">{SecurityElement.Escape(span.Name)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:0.#}\" y=\"{top + 6}\" width=\"{Math.Max(2, right - left):0.#}\" height=\"11\" rx=\"2\" fill=\"{colour}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at:0.#}\" y=\"{top + 16}\" text-anchor=\"{anchor}\" fill=\"#555\">{SecurityElement.Escape(note)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - 8}\" y=\"{(rows.Count * Row) + 15}\" text-anchor=\"end\" fill=\"#555\">{(end - begin) / 1e9:0.0} s</text>\n</svg>\n");
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "screenshots")).FullName;
        File.WriteAllText(Path.Combine(folder, $"{name}.svg"), svg.ToString());

        IEnumerable<(OtlpSpan Span, int Depth)> Below(OtlpSpan span, int depth) =>
            trace.Where(child => child.ParentId == span.SpanId).OrderBy(child => child.Start).SelectMany(child => Below(child, depth + 1)).Prepend((span, depth));

        double At(ulong time) => Names + ((Width - Names - 10) * ((double)(time - begin) / (end - begin)));
    }

    private static string Note(OtlpSpan span) => string.Join(", ", new[]
    {
        span.Tags.TryGetValue("leadfunctions.attempt", out var number) ? $"attempt {number}" : null,
        span.Tags.GetValueOrDefault("leadfunctions.outcome"),
        span.Tags.GetValueOrDefault("http.response.status_code"),
        $"{(span.End - span.Start) / 1e6:#,0} ms",
    }.OfType<string>());
}
