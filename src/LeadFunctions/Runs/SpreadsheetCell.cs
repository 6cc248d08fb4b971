using System.Globalization;

namespace LeadFunctions.Runs;

/// <summary>
/// Makes a text harmless as a cell: what a spreadsheet would take for a formula gets an apostrophe before it
/// (https://owasp.org/www-community/attacks/CSV_Injection); everything else stays as it is.
/// </summary>
internal static class SpreadsheetCell
{
    public static string Of(string? text) => text is null ? "" : IsFormula(text) ? "'" + text : text;

    /// <summary>Does it begin, after what can't be seen, as a formula does? Tabs and line breaks count: programs break cells at them.</summary>
    private static bool IsFormula(string text)
    {
        foreach (var letter in text)
        {
            if (letter is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' or '\t' or '\r' or '\n')
            {
                return true;
            }

            if (!char.IsWhiteSpace(letter) && !char.IsControl(letter) && char.GetUnicodeCategory(letter) != UnicodeCategory.Format)
            {
                return false;
            }
        }

        return false;
    }
}
