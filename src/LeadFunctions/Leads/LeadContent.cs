using System.Text.Json;

namespace LeadFunctions.Leads;

/// <summary>
/// What a lead says: a JSON object in UTF-8, normalised (documented names in the documented casing, null and blank values
/// left out, properties in a fixed order). Unknown properties are kept as they came.
/// </summary>
internal sealed class LeadContent(byte[] utf8)
{
    /// <summary>The property that says what an appointment's event left out: by name, the <see cref="LeadSubject.Order"/> of the event that it was taken from.</summary>
    public const string FromOtherEvents = "FromOtherEvents";

    private readonly Lazy<JsonElement> _root = new(() => JsonElement.Parse(utf8));

    /// <summary>Not to be changed.</summary>
    public byte[] Utf8 { get; } = utf8;

    public JsonElement Root => _root.Value;

    /// <summary>What it is about: the offer's title, or the service that an appointment is for.</summary>
    public string? Offer => Text("OfferTitle") ?? Text("ServiceName");

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
