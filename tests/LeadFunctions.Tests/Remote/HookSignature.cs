using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LeadFunctions.Tests.Remote;

/// <summary>What a receiver does with a signature, as the Standard Webhooks specification tells it: one valid signature by its key is enough.</summary>
internal static class HookSignature
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Why a request is not believed; null when it is.</summary>
    public static string? Fault(RecordedRequest request, string secret, DateTimeOffset now)
    {
        if (request.Header("webhook-id") is not { } id || request.Header("webhook-timestamp") is not { } timestamp || request.Header("webhook-signature") is not { } signatures)
        {
            return "a header is missing";
        }

        if (id.Contains('.', StringComparison.Ordinal) || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "the id or the timestamp is malformed";
        }

        if ((DateTimeOffset.FromUnixTimeSeconds(seconds) - now).Duration() > Tolerance)
        {
            return "the timestamp is too far away";
        }

        var expected = Sign(secret, id, seconds, request.Content);
        return signatures.Split(' ').Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(expected)))
            ? null
            : "no signature is right";
    }

    public static string Sign(string secret, string id, long timestamp, ReadOnlyMemory<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret["whsec_".Length..]));
        hmac.AppendData(Encoding.UTF8.GetBytes(id));
        hmac.AppendData("."u8);
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture)));
        hmac.AppendData("."u8);
        hmac.AppendData(body.Span);
        return $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}";
    }
}
