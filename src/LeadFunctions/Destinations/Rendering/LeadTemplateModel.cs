using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// A lead as rows and mails say it: its fields in the order in which people read them, and what follows from them. What is said without
/// templates needs nothing else; a publisher's templates see <see cref="Values"/>.
/// </summary>
/// <param name="lead">The lead.</param>
/// <param name="answers">What was kept of the answers of the lead's other destinations: JSON by the destination's name.</param>
internal sealed class LeadTemplateModel(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
{
    /// <summary>Stands before the subject of a test lead's row and mail.</summary>
    public const string TestMark = "[TEST] ";

    /// <summary>What follows from a value is a word or two. The value itself is there under its own name, as long as it is.</summary>
    private const int LongestDerived = 1_000;

    private const string Details = "UserDetails";

    // In the order in which people read them.
    private static readonly string[] DocumentedDetails = ["FirstName", "LastName", "Email", "Phone", "Company", "Title", "Country"];
    private static readonly string[] Documented = ["OfferTitle", "ActionCode", "LeadSource", "Description"];

    private IReadOnlyDictionary<string, object?>? _values;
    private IReadOnlyList<(string Name, string Value)>? _unknown;
    private IReadOnlyList<(string Name, string Value)>? _fields;

    /// <summary>For trying a template's form, which is the same for every lead.</summary>
    public static LeadTemplateModel Sample { get; } = new(SampleLeads.Marketplace);

    public Lead Lead => lead;

    /// <summary>Null for a lead that is none.</summary>
    public AppointmentTemplateModel? Appointment { get; } = lead.Source == Sources.Bookings ? new AppointmentTemplateModel(lead) : null;

    public IReadOnlyDictionary<string, string>? Answers => answers;

    /// <summary>A webhook's, by name; its templates alone see them.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }

    /// <summary>Made when the first template asks.</summary>
    public IReadOnlyDictionary<string, object?> Values => _values ??= TemplateValues.Of(this);

    /// <summary>
    /// Every property of the lead, in the order in which people read them: what follows from an appointment's reads better than those.
    /// </summary>
    public IReadOnlyList<(string Name, string Value)> Fields =>
        _fields ??= [.. DocumentedFields(lead.Content.Root), .. Appointment?.Lines ?? [], .. Unknown];

    /// <summary>Those of them that nobody documents.</summary>
    public IReadOnlyList<(string Name, string Value)> Unknown => _unknown ??= UnknownFields(lead.Content.Root, Appointment);

    public string? Storefront => Short(lead.Facts.Storefront);

    public string? Action => Visible(lead.Facts.Action);

    public string? OfferId => Visible(lead.Facts.OfferId);

    /// <summary>What stands before the @ of the customer's address.</summary>
    public string? EmailName => lead.Content.Text(Details, "Email") is not { } email ? null
        : Short(email.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? email[..at] : email);

    public string ReceivedAt => lead.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A property of the lead as a text, of whatever kind it is; null when there is none.</summary>
    public string? Text(string name) => lead.Content.Root.TryGetProperty(name, out var value) ? ValueText.Of(value) : null;

    /// <summary>As <see cref="Text"/>, of the person's details.</summary>
    public string? Detail(string name) =>
        lead.Content.Root.TryGetProperty(Details, out var details)
            && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty(name, out var value)
                ? ValueText.Of(value)
                : null;

    /// <summary>Null for a text of marks that nobody sees: it must leave no empty parentheses.</summary>
    private static string? Visible(string? text) => text is not null && PlainText.HasVisible(text) ? Short(text) : null;

    private static string? Short(string? text) => text is null ? null : PlainText.Cut(text, LongestDerived);

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
}
