namespace LeadFunctions.Settings;

/// <summary>Shows a setting's value to people, unless it is or may be a secret. It rather hides too much.</summary>
internal static class SecretMask
{
    /// <summary>Of one length: a secret's own would help to guess it.</summary>
    public const string Mask = "********";

    private static readonly string[] InKeys = ["key", "secret", "password", "pwd", "token", "connection", "authorization", "credential", "signature", "headers", "azurewebjobsstorage"];

    private static readonly string[] InValues = ["accountkey=", "sharedaccess", "password=", "pwd=", "secret=", "sig=", "bearer "];

    public static string Shown(string key, string value)
    {
        // A destination's name is the publisher's: it says nothing about what is below it.
        var names = key.Split(':').Where((_, index) => index != 1 || !key.StartsWith("Destinations:", StringComparison.OrdinalIgnoreCase));
        return names.Any(name => Array.Exists(InKeys, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            || Array.Exists(InValues, word => value.Contains(word, StringComparison.OrdinalIgnoreCase))
                ? Mask
                : Address(value);
    }

    /// <summary>Of an address the host: what stands after and before it lets callers in at many services.</summary>
    private static string Address(string value) =>
        Uri.TryCreate(value.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: not "/" } or { UserInfo.Length: > 0 }
            ? $"{url.Scheme}://{url.Authority}/{Mask}"
            : value;
}
