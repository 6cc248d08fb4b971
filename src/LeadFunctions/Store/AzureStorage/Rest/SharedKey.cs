using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>Signs with an account's key: "Shared Key Lite" of the table service (date and resource, HMAC-SHA256).</summary>
internal sealed class SharedKey(string account, byte[] key) : StorageKey
{
    public override ValueTask SignAsync(HttpRequestMessage request, CancellationToken stop)
    {
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKeyLite", $"{account}:{Signature(date, request.RequestUri!)}");
        return ValueTask.CompletedTask;
    }

    // The account's name comes twice where it is part of the path, as with the emulator.
    private string Signature(string date, Uri uri) =>
        Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{account}{uri.AbsolutePath}")));
}
