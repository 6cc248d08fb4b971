using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// A lead as templates see it: its own properties under their own names, and what follows from them under <c>Lead</c>. Values
/// are only ever put in; none is read as a template.
/// </summary>
internal sealed class LeadTemplateModel
{
    /// <summary>Stands before the subject of a test lead's row and mail.</summary>
    public const string TestMark = "[TEST] ";

    /// <summary>Templates reach no more values than this: nobody names so many, and each costs memory.</summary>
    private const int MostValues = 2_000;

    /// <summary>What follows from a value is a word or two. The value itself is there under its own name, as long as it is.</summary>
    private const int LongestDerived = 1_000;

    private const string Details = "UserDetails";
    private const string AppointmentName = "Appointment";

    // In the order in which people read them.
    private static readonly string[] DocumentedDetails = ["FirstName", "LastName", "Email", "Phone", "Company", "Title", "Country"];
    private static readonly string[] Documented = ["OfferTitle", "ActionCode", "LeadSource", "Description"];

    private readonly Dictionary<string, object?> _values;

    /// <param name="answers">What was kept of the answers of the lead's other destinations: JSON by the destination's name.</param>
    public LeadTemplateModel(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
    {
        var values = ObjectOf(lead.Content.Root);
        // A name of the program's own: a stranger's property of this name is a property as any other, and makes no lead an appointment.
        values.Remove(AppointmentName);
        var appointment = lead.Source == Sources.Bookings ? new AppointmentTemplateModel(lead) : null;
        Unknown = UnknownFields(lead.Content.Root, appointment);
        // What follows from the connector's fields reads better than those.
        Fields = [.. DocumentedFields(lead.Content.Root), .. appointment?.Lines ?? [], .. Unknown];
        if (appointment is not null)
        {
            (IsAppointment, AppointmentLines) = (true, appointment.Lines);
            appointment.Values["Lines"] = Pairs(appointment.Lines);
            values[AppointmentName] = appointment.Values;
        }

        values["Lead"] = new Dictionary<string, object?>
        {
            ["Id"] = lead.Id.ToString(),
            ["Source"] = lead.Source,
            ["Event"] = lead.Event,
            ["Storefront"] = Short(lead.Facts.Storefront),
            ["Action"] = Visible(lead.Facts.Action),
            ["OfferId"] = Visible(lead.Facts.OfferId),
            ["IsTest"] = lead.Facts.IsTest,
            ["DoNotContact"] = lead.Facts.DoNotContact,
            ["ReceivedAt"] = lead.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["EmailName"] = EmailName(lead.Content.Text("UserDetails", "Email")),
            ["Fields"] = Pairs(Fields),
            ["Unknown"] = Pairs(Unknown),
        };
        values["Deliveries"] = (answers ?? ReadOnlyDictionary<string, string>.Empty).ToDictionary(
            answer => answer.Key,
            answer => Answer(answer.Value));
        _values = values;
        Lead = lead;
    }

    /// <summary>For trying a template's form, which is the same for every lead.</summary>
    public static LeadTemplateModel Sample { get; } = new(SampleLeads.Marketplace);

    public Lead Lead { get; }

    public IReadOnlyDictionary<string, object?> Values => _values;

    public bool IsAppointment { get; }

    /// <summary>What people want to know about an appointment; nothing about other leads.</summary>
    public IReadOnlyList<(string Name, string Value)> AppointmentLines { get; } = [];

    /// <summary>Every property of the lead, in the order in which people read them.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; }

    /// <summary>Those of them that nobody documents.</summary>
    public IReadOnlyList<(string Name, string Value)> Unknown { get; }

    /// <summary>A property of the lead as a text, of whatever kind it is; null when there is none.</summary>
    public string? Text(string name) => Lead.Content.Root.TryGetProperty(name, out var value) ? ValueText.Of(value) : null;

    /// <summary>As <see cref="Text"/>, of the person's details.</summary>
    public string? Detail(string name) =>
        Lead.Content.Root.TryGetProperty(Details, out var details)
            && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty(name, out var value)
                ? ValueText.Of(value)
                : null;

    /// <summary>A text that follows from the lead, as templates have it under <c>Lead</c>.</summary>
    public string? Fact(string name) => Under("Lead", name);

    /// <summary>The same of an appointment; null of other leads.</summary>
    public string? AppointmentFact(string name) => Under(AppointmentName, name);

    /// <summary>Adds values that are not the lead's under a name of their own.</summary>
    public LeadTemplateModel With(string name, IReadOnlyDictionary<string, string> values)
    {
        _values[name] = values;
        return this;
    }

    private string? Under(string owner, string name) =>
        (_values.GetValueOrDefault(owner) as Dictionary<string, object?>)?.GetValueOrDefault(name) as string;

    /// <summary>Null for a text of marks that nobody sees: it must leave no empty parentheses.</summary>
    private static string? Visible(string? text) => text is not null && PlainText.HasVisible(text) ? Short(text) : null;

    private static string? Short(string? text) => text is null ? null : PlainText.Cut(text, LongestDerived);

    private static string? EmailName(string? email) =>
        email is null ? null : Short(email.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? email[..at] : email);

    private static List<Dictionary<string, object?>> Pairs(IEnumerable<(string Name, string Value)> fields) =>
        [.. fields.Select(field => new Dictionary<string, object?> { ["Name"] = field.Name, ["Value"] = field.Value })];

    private static IReadOnlyList<(string Name, string Value)> DocumentedFields(JsonElement root)
    {
        var fields = new FieldList();
        var details = root.TryGetProperty(Details, out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        foreach (var (owner, name) in DocumentedDetails.Select(name => (details, name)).Concat(Documented.Select(name => (root, name))))
        {
            if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value))
            {
                fields.Add(name, ValueText.Of(value));
            }
        }

        return fields.Fields;
    }

    /// <summary>What is not documented, and not told by an appointment's lines.</summary>
    private static IReadOnlyList<(string Name, string Value)> UnknownFields(JsonElement root, AppointmentTemplateModel? appointment)
    {
        var unknown = new FieldList();
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals(Details) && property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var detail in property.Value.EnumerateObject().Where(detail => !IsOneOf(DocumentedDetails, detail)))
                {
                    unknown.Add(detail);
                }
            }
            else if (!IsOneOf(Documented, property))
            {
                Add(property);
            }
        }

        return unknown.Fields;

        void Add(JsonProperty property)
        {
            if (appointment is null)
            {
                unknown.Add(property);
            }
            else
            {
                appointment.AddRest(property, unknown);
            }
        }
    }

    private static bool IsOneOf(string[] names, JsonProperty property)
    {
        foreach (var name in names)
        {
            if (property.NameEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An object's values for templates; the person's details first, as there may be too many others.</summary>
    private static Dictionary<string, object?> ObjectOf(JsonElement root)
    {
        var left = MostValues;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [Details] = new Dictionary<string, object?>() };
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty(Details, out var details))
            {
                values[Details] = Value(details, ref left);
            }

            foreach (var (name, value) in Properties(root, ref left))
            {
                values[name] = value;
            }
        }

        return values;
    }

    private static object? Answer(string json)
    {
        var left = MostValues;
        return Value(JsonElement.Parse(json), ref left);
    }

    private static object? Value(JsonElement element, ref int left)
    {
        left--;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return Properties(element, ref left);
            case JsonValueKind.Array:
                var items = new List<object?>();
                foreach (var item in element.EnumerateArray())
                {
                    if (left <= 0)
                    {
                        break;
                    }

                    items.Add(Value(item, ref left));
                }

                return items;
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return element.ValueKind == JsonValueKind.Null ? null : ValueText.Of(element);
        }
    }

    private static Dictionary<string, object?> Properties(JsonElement element, ref int left)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (left <= 0)
            {
                break;
            }

            properties[property.Name] = Value(property.Value, ref left);
        }

        return properties;
    }
}
