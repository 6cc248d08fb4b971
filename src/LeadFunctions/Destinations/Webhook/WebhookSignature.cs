using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// Signs requests as the Standard Webhooks specification (1.0.0) says: HMAC-SHA256 over id, timestamp and body, once with each key,
/// so that a key can be changed without a gap.
/// </summary>
internal sealed class WebhookSignature(IReadOnlyList<byte[]> keys)
{
    private const string Prefix = "whsec_";
    private const int FewestBytes = 24;
    private const int MostBytes = 64;

    public static WebhookSignature Read(SettingsReader settings, string key)
    {
        var keys = new List<byte[]>();
        foreach (var text in settings.List(key) ?? [])
        {
            var bytes = new byte[MostBytes + 1];
            if (text.StartsWith(Prefix, StringComparison.Ordinal)
                && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length)
                && length is >= FewestBytes and <= MostBytes)
            {
                keys.Add(bytes[..length]);
            }
            else
            {
                settings.Fault(
                    key,
                    $"holds something that is not a signing key: {Prefix} and {FewestBytes} to {MostBytes} random bytes in base64");
            }
        }

        return new WebhookSignature(keys);
    }

    /// <summary>The three headers; none without a key.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers(string id, DateTimeOffset at, byte[] body)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return
        [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))))),
        ];
    }
}
