using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Settings;

namespace LeadFunctions.Hosting;

/// <summary>
/// The keys that let a caller in, by <c>?code=</c> or the <c>x-functions-key</c> header. Every one is compared in constant time and by
/// hash, so that neither a key nor its length can be found by timing.
/// </summary>
internal sealed class AccessKeys(IEnumerable<string> keys)
{
    public const int LeastLength = 16;

    private readonly byte[][] _hashes = [.. keys.Select(Hash)];

    public bool IsEmpty => _hashes.Length == 0;

    public static IReadOnlyList<string> Read(SettingsReader settings, string setting)
    {
        var keys = settings.List(setting) ?? [];
        if (keys.Any(key => key.Length < LeastLength))
        {
            settings.Fault(setting, $"holds a key of fewer than {LeastLength} characters; a long random one keeps strangers out (for example from: openssl rand -hex 24)");
        }

        return keys;
    }

    /// <summary>The place in the list of the key that the request carries; null when it carries none of them.</summary>
    public int? Find(HttpRequest request) => Find(request.Query["code"]) ?? Find(request.Headers["x-functions-key"]);

    private int? Find(string? presented)
    {
        if (string.IsNullOrEmpty(presented))
        {
            return null;
        }

        var hash = Hash(presented);
        int? found = null;
        for (var index = 0; index < _hashes.Length; index++)
        {
            if (CryptographicOperations.FixedTimeEquals(_hashes[index], hash))
            {
                found = index;
            }
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
