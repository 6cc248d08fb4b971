using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Templates;

/// <summary>
/// A lead as templates see it: its own properties under their own names, and what follows from them under <c>Lead</c>. Values
/// are only ever put in; none is read as a template.
/// </summary>
internal sealed class LeadModel
{
    /// <summary>Stands before the subject of a test lead's row and mail.</summary>
    public const string TestMark = "[TEST] ";

    /// <summary>An object under a longer name is shown as it is: each of its members would repeat the name, and there may be many.</summary>
    private const int LongestName = 200;

    // In the order in which people read them.
    private static readonly string[] Documented =
    [
        "UserDetails.FirstName", "UserDetails.LastName", "UserDetails.Email", "UserDetails.Phone", "UserDetails.Company", "UserDetails.Title", "UserDetails.Country",
        "OfferTitle", "ActionCode", "LeadSource", "Description",
    ];

    private readonly Dictionary<string, object?> _values;

    /// <param name="answers">What was kept of the answers of the lead's other destinations: JSON by the destination's name.</param>
    public LeadModel(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
    {
        var values = (Dictionary<string, object?>)Value(lead.Content.Root)!;
        values.TryAdd("UserDetails", new Dictionary<string, object?>());
        var appointment = lead.Source == Sources.Bookings ? new AppointmentModel(lead) : null;
        var fields = Fields("", lead.Content.Root).OrderBy(field => (uint)Array.IndexOf(Documented, field.Name)).ToList();
        var unknown = fields.Where(field => !Documented.Contains(field.Name) && (appointment is null || !AppointmentModel.Says(field.Name))).ToList();
        if (appointment is not null)
        {
            // What follows from the connector's fields reads better than those.
            fields = [.. fields.Where(field => Documented.Contains(field.Name)), .. appointment.Lines, .. unknown];
            appointment.Values["Lines"] = Pairs(appointment.Lines);
            values["Appointment"] = appointment.Values;
        }

        values["Lead"] = new Dictionary<string, object?>
        {
            ["Id"] = lead.Id.ToString(),
            ["Source"] = lead.Source,
            ["Event"] = lead.Event,
            ["Storefront"] = lead.Facts.Storefront,
            ["Action"] = Visible(lead.Facts.Action),
            ["OfferId"] = Visible(lead.Facts.OfferId),
            ["IsTest"] = lead.Facts.IsTest,
            ["DoNotContact"] = lead.Facts.DoNotContact,
            ["ReceivedAt"] = lead.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["EmailName"] = lead.Content.Text("UserDetails", "Email")?.Split('@')[0],
            ["Fields"] = Pairs(fields),
            ["Unknown"] = Pairs(unknown),
        };
        values["Deliveries"] = (answers ?? ReadOnlyDictionary<string, string>.Empty).ToDictionary(answer => answer.Key, answer => Value(JsonElement.Parse(answer.Value)));
        _values = values;
        Lead = lead;
    }

    /// <summary>For trying a template's form, which is the same for every lead.</summary>
    public static LeadModel Sample { get; } = new(SampleLeads.Marketplace);

    public Lead Lead { get; }

    public IReadOnlyDictionary<string, object?> Values => _values;

    /// <summary>Adds values that are not the lead's under a name of their own.</summary>
    public LeadModel With(string name, IReadOnlyDictionary<string, string> values)
    {
        _values[name] = values;
        return this;
    }

    /// <summary>Null for a text of marks that nobody sees: it must leave no empty parentheses.</summary>
    private static string? Visible(string? text) => text is not null && PlainText.OneLine(text).Length > 0 ? text : null;

    private static List<Dictionary<string, object?>> Pairs(IEnumerable<(string Name, string Value)> fields) =>
        [.. fields.Select(field => new Dictionary<string, object?> { ["Name"] = field.Name.Replace("UserDetails.", "", StringComparison.Ordinal), ["Value"] = field.Value })];

    private static IEnumerable<(string Name, string Value)> Fields(string prefix, JsonElement parent) =>
        parent.EnumerateObject().SelectMany(property => property.Value.ValueKind == JsonValueKind.Object && prefix.Length + property.Name.Length < LongestName
            ? Fields($"{prefix}{property.Name}.", property.Value)
            : [(prefix + property.Name, AsText(property.Value))]);

    private static string AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Properties(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => AsText(element),
    };

    private static Dictionary<string, object?> Properties(JsonElement element)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            properties[property.Name] = Value(property.Value);
        }

        return properties;
    }
}
