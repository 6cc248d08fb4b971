using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>What came back from the service, or that nothing did.</summary>
/// <param name="Status">Of a transaction, that of the change which failed; 0 when there was no answer.</param>
/// <param name="Code">The service's own code of an error: <c>EntityAlreadyExists</c>.</param>
/// <param name="Reason">Why there was no answer.</param>
/// <param name="MayHaveHappened">What was asked for may have been done by this or an earlier try whose answer never came.</param>
/// <param name="Changed">Of a transaction, how many of its changes the service says are done.</param>
internal sealed partial record StorageAnswer(int Status, string? Code, string Body, HttpResponseHeaders? Headers, string? Reason, bool MayHaveHappened, int Changed = 0)
{
    /// <summary>It may be another by the next try.</summary>
    public bool IsPassing => Status is 0 or 408 or 429 or >= 500;

    /// <summary>For an error: no more than status and code, because the service's own text may repeat what was sent.</summary>
    public string Words => Status switch
    {
        0 => Reason!,
        401 or 403 => $"it refuses the key or identity ({Status} {Code}); check Store:ConnectionString, or that the identity has the role Storage Table Data Contributor",
        _ => $"it answered {Status} {Code}".TrimEnd(),
    };

    public static StorageAnswer None(string reason, bool mayHaveHappened) => new(0, null, "", null, reason, mayHaveHappened);

    public static async Task<StorageAnswer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var body = await response.Content.ReadAsStringAsync(stop);
        var status = (int)response.StatusCode;
        var code = status >= 400 && ErrorCode().Match(body) is { Success: true } match ? match.Groups[1].Value : null;
        var changed = 0;
        if (response.Content.Headers.ContentType?.MediaType == "multipart/mixed" && status < 400)
        {
            (status, code, changed) = BatchText.Read(body);
        }

        return new StorageAnswer(status, code, body, response.Headers, status == 0 ? "its answer can't be read" : null, MayHaveHappened: status is 0 or >= 500, changed);
    }

    public string? Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [GeneratedRegex("\"code\"\\s*:\\s*\"(\\w+)\"")]
    private static partial Regex ErrorCode();
}
