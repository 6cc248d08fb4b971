namespace LeadFunctions.Settings;

/// <summary>Shows a setting's value to people, unless it is or may be a secret. It rather hides too much.</summary>
internal static class SecretMask
{
    /// <summary>Of one length: a secret's own would help to guess it.</summary>
    public const string Mask = "********";

    private static readonly string[] InKeys = ["key", "secret", "password", "pwd", "token", "connection", "authorization", "credential", "signature", "headers", "azurewebjobsstorage"];

    private static readonly string[] InValues = ["accountkey=", "sharedaccess", "password=", "pwd=", "secret=", "sig=", "bearer "];

    public static string Shown(string key, string value) =>
        IsSecretKey(key) || Array.Exists(InValues, word => value.Contains(word, StringComparison.OrdinalIgnoreCase)) ? Mask
        : key.Equals("urls", StringComparison.OrdinalIgnoreCase) ? value
        : Address(value);

    private static bool IsSecretKey(string key)
    {
        var names = key.Split(':');
        // A destination's name is the publisher's: it says nothing about what is below it.
        var first = names[0].Equals("Destinations", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        // An address is shown in part, whatever it is the address of.
        var last = names[^1].EndsWith("Url", StringComparison.OrdinalIgnoreCase) ? names.Length - 1 : names.Length;
        return names.Skip(first).Take(last - first).Any(name => Array.Exists(InKeys, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            || key.Contains(":OAuth:Form:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Of an address the host: what stands after and before it lets callers in at many services.</summary>
    private static string Address(string value)
    {
        var start = value.IndexOf("://", StringComparison.Ordinal);
        if (start < 0 || !value.TrimStart().StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return value;
        }

        start += 3;
        var end = value.IndexOfAny(['/', '?', '#'], start);
        var host = end < 0 ? value[start..] : value[start..end];
        var tail = end < 0 || value[end..].Trim() == "/" ? "" : $"/{Mask}";
        return $"{value[..start]}{host[(host.LastIndexOf('@') + 1)..]}{tail}";
    }
}
