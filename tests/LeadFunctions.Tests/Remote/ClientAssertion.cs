using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>The signed JWT by which a client with a certificate proves itself (RFC 7523).</summary>
internal static class ClientAssertion
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>What is wrong with it; null when it is right.</summary>
    public static string? Fault(string assertion, string clientId, string tokenPath, IEnumerable<X509Certificate2> certificates, DateTimeOffset now)
    {
        if (assertion.Split('.') is not [var head, var body, var signature] || !Base64Url.IsValid(head) || !Base64Url.IsValid(body) || !Base64Url.IsValid(signature))
        {
            return "it isn't a signed JWT";
        }

        var header = Parse(head);
        var claims = Parse(body);
        if (certificates.FirstOrDefault(certificate => IsNamed(header, certificate)) is not { } certificate)
        {
            return "the certificate isn't registered for the application";
        }

        using var key = certificate.GetRSAPublicKey()!;
        var padding = header["alg"]!.GetValue<string>() switch
        {
            "PS256" => RSASignaturePadding.Pss,
            "RS256" => RSASignaturePadding.Pkcs1,
            var other => throw new NotSupportedException($"The algorithm '{other}' isn't supported."),
        };
        if (!key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, padding))
        {
            return "the signature doesn't fit";
        }

        return claims["iss"]!.GetValue<string>() != clientId || claims["sub"]!.GetValue<string>() != clientId ? "issuer and subject must be the client"
            : !new Uri(claims["aud"]!.GetValue<string>()).AbsolutePath.Equals(tokenPath, StringComparison.OrdinalIgnoreCase) ? "the audience must be the token endpoint"
            : DateTimeOffset.FromUnixTimeSeconds(Seconds(claims["exp"]!)) <= now ? "it has expired"
            : null;
    }

    private static bool IsNamed(JsonObject header, X509Certificate2 certificate) => header["x5t#S256"] is { } sha256
        ? sha256.GetValue<string>() == Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256))
        : header["x5t"]?.GetValue<string>() == Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA1));

    // MSAL writes its times as strings.
    private static long Seconds(JsonNode time) => long.Parse(time.ToString(), CultureInfo.InvariantCulture);

    private static JsonObject Parse(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
}
