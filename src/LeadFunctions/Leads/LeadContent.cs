using System.Collections.Concurrent;
using System.Text.Json;

namespace LeadFunctions.Leads;

/// <summary>
/// What a lead says: a JSON object in UTF-8, normalised (documented names in the documented casing, null and blank values
/// left out, properties in a fixed order). Unknown properties are kept as they came.
/// </summary>
internal sealed class LeadContent(byte[] utf8)
{
    private const int Large = 16 * 1024;

    // Of a large content each text is looked for once: it may be the last of thirty thousand, or a quarter of a megabyte long.
    private readonly ConcurrentDictionary<(string Name, string? Inner), string?>? _found = utf8.Length > Large ? new() : null;
    private readonly Lazy<JsonElement> _root = new(() => JsonElement.Parse(utf8));

    /// <summary>Not to be changed.</summary>
    public byte[] Utf8 { get; } = utf8;

    public JsonElement Root => _root.Value;

    /// <summary>What it is about: the offer's title, or the service that an appointment is for.</summary>
    public string? Offer => Text("OfferTitle") ?? Text("ServiceName");

    /// <summary>The text at a path of property names (<c>UserDetails.Email</c>); null when absent or not a text.</summary>
    public string? Text(string name, string? inner = null)
    {
        if (_found is null)
        {
            return Find(name, inner);
        }

        return _found.GetOrAdd((name, inner), path => Find(path.Name, path.Inner));
    }

    private string? Find(string name, string? inner)
    {
        if (Root.ValueKind != JsonValueKind.Object || !Root.TryGetProperty(name, out var value)
            || (inner is not null && (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(inner, out value))))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
