using System.Buffers;
using System.Globalization;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>Sends a list as CSV: UTF-8 with a byte order mark, so that Excel reads it right, page by page, however long it is.</summary>
internal static class RunExport
{
    public static async Task WriteAsync<T>(
        HttpContext context,
        string fileName,
        IEnumerable<string> columns,
        Func<LeadId?, Task<Page<T>>> list,
        Func<T, IEnumerable<string?>> cells)
    {
        // Before anything is sent, so that a store that is away is still a 503. Later it cuts the answer off, which no reader takes for its
        // end.
        var page = await list(null);
        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        var csv = new StringBuilder("\uFEFF");
        CsvText.AppendRow(csv, columns);
        while (true)
        {
            foreach (var item in page.Items)
            {
                CsvText.AppendRow(csv, cells(item));
            }

            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(csv.ToString()), context.RequestAborted);
            if (page.Next is not { } next)
            {
                return;
            }

            csv.Clear();
            page = await list(next);
        }
    }
}

/// <summary>What the columns of an export hold.</summary>
internal static class RunColumns
{
    private static readonly string[] LeadNames =
    [
        "leadId", "receivedAt", "source", "event", "status", "isTest", "doNotContact", "firstName", "lastName", "email", "phone", "company",
        "title", "country", "offerTitle", "actionCode", "leadSource", "description",
    ];

    public static readonly IReadOnlyList<string> OfRefusedBodies =
    [
        "refusedId", "receivedAt", "source", "event", "httpStatus", "errors", "body",
    ];

    public static IEnumerable<string> OfLeads(IEnumerable<string> destinations) =>
        LeadNames.Concat(destinations.SelectMany(destination => new[] { destination, $"{destination} error" }));

    public static IEnumerable<string?> Cells(Run run, IEnumerable<string> destinations)
    {
        var (lead, content) = (run.Lead, run.Lead.Content);
        return new[]
        {
            lead.Id.ToString(),
            Time(lead.ReceivedAt),
            lead.Source,
            lead.Event,
            RunStatus.For(run),
            Word(lead.Facts.IsTest),
            Word(lead.Facts.DoNotContact),
            content.Text("UserDetails", "FirstName"),
            content.Text("UserDetails", "LastName"),
            content.Text("UserDetails", "Email"),
            content.Text("UserDetails", "Phone"),
            content.Text("UserDetails", "Company"),
            content.Text("UserDetails", "Title"),
            content.Text("UserDetails", "Country"),
            content.Offer,
            content.Text("ActionCode"),
            content.Text("LeadSource"),
            content.Text("Description"),
        }.Concat(
            destinations.SelectMany(destination => Cells(run.Deliveries.FirstOrDefault(delivery => delivery.Destination == destination))));
    }

    public static IEnumerable<string?> Cells(RefusedBody refused) =>
        [
            refused.Id.ToString(),
            Time(refused.ReceivedAt),
            refused.Source,
            refused.Event,
            refused.HttpStatus.ToString(CultureInfo.InvariantCulture),
            string.Join('\n', refused.Violations.Select(violation => $"{violation.Path} {violation.Message}".TrimStart())),
            refused.Text,
        ];

    private static string?[] Cells(RunDelivery? delivery) =>
        [delivery is null ? null : StatusText.Of(delivery.State.Status), delivery?.State.LastError];

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Word(bool value) => value ? "true" : "false";
}

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
            AppendCell(csv, SpreadsheetCell.Escape(cell));
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

/// <summary>
/// Makes a text harmless as a cell: what a spreadsheet would take for a formula gets an apostrophe before it
/// (https://owasp.org/www-community/attacks/CSV_Injection); everything else stays as it is.
/// </summary>
internal static class SpreadsheetCell
{
    public static string Escape(string? text) => text is null ? "" : IsFormula(text) ? "'" + text : text;

    /// <summary>
    /// Does it begin, after what can't be seen, as a formula does? Tabs and line breaks count: programs break cells at them.
    /// </summary>
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
