using System.Globalization;
using System.Text;

namespace LeadFunctions.Benchmarks.Plateau;

/// <summary>A plot of the day: one band for each value, from zero to its highest.</summary>
internal static class PlateauPlot
{
    private const int Width = 640;
    private const int Left = 110;
    private const int Band = 70;
    private const int Gap = 22;
    private const double Hours = 24;

    public static void Write(IReadOnlyList<PlateauLook> looks, string file)
    {
        var height = (PlateauLook.Values.Count * (Band + Gap)) + 30;
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 60} {height}" """);
        Line($"""font-family="sans-serif" font-size="11" fill="#444">""");
        Line($"""<rect width="100%" height="100%" fill="#fff"/>""");
        var top = Gap;
        foreach (var (name, value) in PlateauLook.Values)
        {
            var most = looks.Select(value).DefaultIfEmpty(1).Max();
            var points = looks.Select(look =>
                FormattableString.Invariant($"{X(look.At.TotalHours):0.0},{top + Band - (value(look) / most * Band):0.0}"));
            Line($"""<text x="{Left - 8}" y="{top + 12}" text-anchor="end">{name}</text>""");
            Line($"""<text x="{Left + Width + 6}" y="{top + 10}">{most:#,0.#}</text>""");
            Line($"""<text x="{Left + Width + 6}" y="{top + Band}">0</text>""");
            Line($"""<path d="M{Left} {top}V{top + Band}H{Left + Width}" fill="none" stroke="#bbb"/>""");
            Line($"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="#0b62a8" stroke-width="1.5"/>""");
            top += Band + Gap;
        }

        for (var hour = 0; hour <= Hours; hour += 4)
        {
            Line($"""<text x="{X(hour):0}" y="{height - 16}" text-anchor="middle">{hour}:00</text>""");
        }

        Line($"</svg>");
        File.WriteAllText(file, svg.ToString());

        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static double X(double hour) => Left + (hour / Hours * Width);
}
