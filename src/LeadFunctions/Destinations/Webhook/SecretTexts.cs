namespace LeadFunctions.Destinations.Webhook;

/// <summary>The keys of a destination, to be taken out of every text that people may see.</summary>
internal sealed class SecretTexts(IEnumerable<string?> secrets)
{
    public const string Mark = "…";

    /// <summary>Shorter ones aren't keys, and taking them out would make texts unreadable.</summary>
    private const int LeastLength = 6;

    // The longest first: one may be part of another.
    private readonly string[] _secrets =
    [
        .. secrets
            .OfType<string>()
            .Where(secret => secret.Length >= LeastLength)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) })
            .Distinct()
            .OrderByDescending(secret => secret.Length),
    ];

    public string Hide(string text) => _secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, Mark, StringComparison.Ordinal));
}
