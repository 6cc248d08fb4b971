using System.Globalization;
using System.Text.Json;

namespace LeadFunctions.Leads;

/// <summary>
/// What a lead says: a JSON object in UTF-8, normalised (documented names in the documented casing, null and blank values
/// left out, properties in a fixed order). Unknown properties are kept as they came.
/// </summary>
internal sealed class LeadContent(byte[] utf8)
{
    private readonly Lazy<JsonElement> _root = new(() => JsonElement.Parse(utf8));

    /// <summary>Not to be changed.</summary>
    public byte[] Utf8 { get; } = utf8;

    public JsonElement Root => _root.Value;

    /// <summary>What it is about: the offer's title, or the service that an appointment is for.</summary>
    public string? Offer => Text("OfferTitle") ?? Text("ServiceName");

    /// <summary>The whole number of a property, written as a number or a text; null when it is none.</summary>
    public int? Number(string name) =>
        Root.TryGetProperty(name, out var value) && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The text at a path of property names (<c>UserDetails.Email</c>); null when absent or not a text.</summary>
    public string? Text(params ReadOnlySpan<string> path)
    {
        var element = Root;
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
