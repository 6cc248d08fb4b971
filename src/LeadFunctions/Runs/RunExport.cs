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
        // Before anything is sent, so that a store that is away is still a 503. Later it cuts the answer off, which no reader takes for its end.
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
