using System.Security.Cryptography;
using System.Text;

namespace LeadFunctions.Intake;

/// <summary>The keys that let a caller in. Every key is compared in constant time, by hash, so that neither a key nor its length can be found by timing.</summary>
internal sealed class IntakeKeys(IEnumerable<string> keys)
{
    private readonly byte[][] _hashes = [.. keys.Select(Hash)];

    /// <summary>The place of the key in the list; null when it is none of them.</summary>
    public int? Find(string? presented)
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

    public bool IsEmpty => _hashes.Length == 0;

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
