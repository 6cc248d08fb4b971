using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>
/// The body of an entity group transaction (multipart/mixed with one changeset) and of its answer. From "Performing entity group
/// transactions", Table service REST API.
/// </summary>
internal static partial class BatchText
{
    public const string ContentType = "multipart/mixed; boundary=batch_leads";

    /// <summary>More in one transaction the service refuses.</summary>
    public const int MostChanges = 100;

    public static byte[] Write(Uri table, string partition, IReadOnlyList<TableChange> changes)
    {
        var body = new ArrayBufferWriter<byte>(1024 * changes.Count);
        Line(body, "--batch_leads\r\nContent-Type: multipart/mixed; boundary=changeset_leads\r\n");
        foreach (var change in changes)
        {
            Line(body, "--changeset_leads\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
            var (method, entity, etag) = change switch
            {
                TableChange.Insert insert => ("POST", insert.Entity, null),
                TableChange.Replace replace => ("PUT", replace.Entity, replace.ETag),
                TableChange.Merge merge => ("MERGE", merge.Entity, "*"),
                TableChange.Put put => ("PUT", put.Entity, null),
                TableChange.Delete delete => ("DELETE", null, delete.ETag),
                _ => throw new InvalidOperationException($"No request for {change.GetType().Name}."),
            };
            var address = change is TableChange.Insert ? $"{table}" : $"{table}(PartitionKey='{partition}',RowKey='{change.Key}')";
            Line(body, $"{method} {address} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0");
            if (etag is not null)
            {
                Line(body, $"If-Match: {etag}");
            }

            if (entity is null)
            {
                // One ends the headers, one belongs to the boundary that follows.
                Line(body, "\r\n");
                continue;
            }

            Line(body, "Content-Type: application/json\r\nPrefer: return-no-content\r\n");
            using (var json = new Utf8JsonWriter(body))
            {
                entity.Write(json, partition);
            }

            Line(body, "");
        }

        Line(body, "--changeset_leads--\r\n--batch_leads--");
        return body.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The status of the change that failed, and the service's code for it; the status of the last one when none failed, and how many were done;
    /// 0 when it is no answer to a transaction.
    /// </summary>
    public static (int Status, string? Code, int Changed) Read(string answer)
    {
        int[] statuses = [.. StatusLine().Matches(answer).Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];
        return Array.Find(statuses, status => status >= 400) is > 0 and var failed
            ? (failed, CodeProperty().Match(answer) is { Success: true } code ? code.Groups[1].Value : null, 0)
            : (statuses.LastOrDefault(), null, statuses.Length);
    }

    private static void Line(ArrayBufferWriter<byte> body, string text) => Encoding.UTF8.GetBytes($"{text}\r\n", body);

    [GeneratedRegex(@"^HTTP/1\.1 (\d{3}) ", RegexOptions.Multiline)]
    private static partial Regex StatusLine();

    [GeneratedRegex("""
        "code"\s*:\s*"(\w+)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CodeProperty();
}
