using System.Globalization;
using System.Text;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>Writes the table of <c>docs/performance.md</c> between its markers; what people wrote around it stays.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- measured: begin (written by `LeadFunctions.Benchmarks all`) -->";
    private const string End = "<!-- measured: end -->";

    private const string FirstText =
        $"""
        # Performance

        Figures are ratios within one run on one machine, so that they mean something elsewhere; the issue's targets stand beside them.

        {Begin}
        {End}

        """;

    private static string File { get; } = Repository.File("docs", "performance.md");

    public static void Write(IReadOnlyList<Figure> figures)
    {
        var page = System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : FirstText;
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"docs/performance.md has lost its markers; put these lines where the table belongs:\n{Begin}\n{End}");
        }

        System.IO.File.WriteAllText(File, page[..(begin + Begin.Length)] + Table(figures) + page[end..]);
        Console.WriteLine("Written to docs/performance.md.");
    }

    private static string Table(IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder();
        text.Append("\n\n| figure | owed | ambition | measured | |\n|---|---|---|---|---|\n");
        foreach (var figure in figures)
        {
            var target = figure.Target;
            text.Append(CultureInfo.InvariantCulture, $"| {target.Name} | {target.Text(target.Owed)} | {target.Text(target.Ambition)} | {target.Number(figure.Value)} | {figure.Verdict}{(figure.Note.Length > 0 ? $"; {figure.Note}" : "")} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nMeasured on {DateTime.UtcNow:yyyy-MM-dd}: {Machine.Description}.\n\n");
        text.Append("```sh\ndotnet run -c Release --project tests/LeadFunctions.Benchmarks -- all\n```\n\n");
        return text.ToString();
    }
}
