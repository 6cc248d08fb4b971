using System.Text.RegularExpressions;

namespace LeadFunctions.Settings;

/// <summary>Shows a setting's value to people, unless it is or may be a secret. It rather hides too much.</summary>
internal static partial class SecretMask
{
    /// <summary>Of one length: a secret's own would help to guess it.</summary>
    public const string Mask = "********";

    private static readonly string[] InKeys =
    [
        "key", "secret", "password", "passwd", "pwd", "passphrase", "token", "connection", "authorization", "credential", "signature",
        "username", "cookie", "headers", "azurewebjobsstorage",
    ];

    /// <summary>Texts of a webhook's own: a key may stand anywhere in them.</summary>
    private static readonly string[] Bodies = ["Form", "Json", "Text"];

    private static readonly string[] InValues = ["accountkey=", "sharedaccess", "password=", "pwd=", "secret=", "sig=", "bearer "];

    public static string Apply(string key, string value) =>
        IsSecretKey(key)
        || Array.Exists(InValues, word => value.Contains(word, StringComparison.OrdinalIgnoreCase))
        || (IsBody(key) && HasLiteral(value))
            ? Mask
        : key.Equals("urls", StringComparison.OrdinalIgnoreCase) ? value
        : Address(value) is { } address ? address
        : key.EndsWith("Url", StringComparison.OrdinalIgnoreCase) ? Mask
        : value;

    private static bool IsSecretKey(string key)
    {
        var names = key.Split(':');
        // A destination's name is the publisher's: it says nothing about what is below it.
        var first = names[0].Equals("Destinations", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        // An address is shown in part, whatever it is the address of.
        var last = names[^1].EndsWith("Url", StringComparison.OrdinalIgnoreCase) ? names.Length - 1 : names.Length;
        return names
            .Skip(first)
            .Take(last - first)
            .Any(name => Array.Exists(InKeys, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    private static bool IsBody(string key) =>
        key.StartsWith("Destinations:", StringComparison.OrdinalIgnoreCase)
        && key.Split(':') is [_, _, .. var below]
        && below.Any(name => Bodies.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>More than templates and what stands between them.</summary>
    private static bool HasLiteral(string value) => Template().Replace(value, "").Any(char.IsLetterOrDigit);

    /// <summary>Of an address the host: what stands after and before it lets callers in at many services. Null when it is none.</summary>
    private static string? Address(string value)
    {
        var start = value.IndexOf("://", StringComparison.Ordinal);
        if (start < 0 || !value.TrimStart().StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        start += 3;
        var end = value.IndexOfAny(['/', '?', '#'], start);
        var host = end < 0 ? value[start..] : value[start..end];
        var tail = end < 0 || value[end..].Trim() == "/" ? "" : $"/{Mask}";
        return $"{value[..start]}{host[(host.LastIndexOf('@') + 1)..]}{tail}";
    }

    // What a helper is given in quotes may be a key.
    [GeneratedRegex("""\{\{[^{}"']*\}\}""")]
    private static partial Regex Template();
}
