using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Settings;

namespace LeadFunctions.Hosting;

/// <summary>
/// The keys that let a caller in, by <c>?code=</c> or the <c>x-functions-key</c> header. Every one is compared in constant time and by
/// hash, so that neither a key nor its length can be found by timing.
/// </summary>
internal sealed class AccessKeys(IEnumerable<AccessKey> keys)
{
    public const int LeastLength = 16;

    private readonly (string Name, byte[] Hash)[] _keys = [.. keys.Select(key => (key.Name, Hash(key.Value)))];

    public bool IsEmpty => _keys.Length == 0;

    public static IReadOnlyList<AccessKey> Read(SettingsReader settings, string setting)
    {
        AccessKey[] keys = [.. (settings.Named(setting) ?? []).Select(key => new AccessKey(key.Name, key.Value))];
        if (keys.Any(key => key.Value.Length < LeastLength))
        {
            settings.Fault(
                setting,
                $"holds a key of fewer than {LeastLength} characters; a long random one keeps strangers out (for example "
                + "from: openssl rand -hex 24)");
        }

        return keys;
    }

    /// <summary>The name of the key that the request carries; null when it carries none of them.</summary>
    public string? Find(HttpRequest request) => Find(request.Query["code"]) ?? Find(request.Headers["x-functions-key"]);

    /// <summary>What a request shows as its key, right or wrong; null when it shows none.</summary>
    public static string? ReadFrom(HttpRequest request) => Present(request.Query["code"]) ?? Present(request.Headers["x-functions-key"]);

    /// <summary>All that a request shows as keys: where both places are looked at, a new key in either is a guess. Null when it shows
    /// none.</summary>
    public static string? ReadAllFrom(HttpRequest request) =>
        Present($"{request.Query["code"]}\n{request.Headers["x-functions-key"]}".Trim('\n'));

    /// <summary>The name of a key; null when it is none of them.</summary>
    public string? Find(string? presented)
    {
        if (string.IsNullOrEmpty(presented))
        {
            return null;
        }

        var hash = Hash(presented);
        string? found = null;
        foreach (var (name, known) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = name;
            }
        }

        return found;
    }

    private static string? Present(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>A key that lets a caller in.</summary>
/// <param name="Name">What people call it; it may be shown and recorded.</param>
/// <param name="Value">16 characters or more; never shown.</param>
internal sealed record AccessKey(string Name, string Value)
{
    public override string ToString() => Name;
}
