using System.Buffers;
using System.Text;

namespace LeadFunctions.Runs;

/// <summary>Rows of comma-separated values as RFC 4180 writes them, each cell harmless in a spreadsheet.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> ToQuote = SearchValues.Create("\",;\r\n\t");

    public static void AppendRow(StringBuilder csv, IEnumerable<string?> cells)
    {
        var separator = "";
        foreach (var cell in cells)
        {
            csv.Append(separator);
            AppendCell(csv, SpreadsheetCell.Of(cell));
            separator = ",";
        }

        csv.Append("\r\n");
    }

    private static void AppendCell(StringBuilder csv, string text)
    {
        if (text.AsSpan().ContainsAny(ToQuote))
        {
            csv.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            csv.Append(text);
        }
    }
}
