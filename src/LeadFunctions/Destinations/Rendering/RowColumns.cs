namespace LeadFunctions.Destinations.Rendering;

/// <summary>The columns of a CRM row with their templates: the defaults with the publisher's changes.</summary>
internal static class RowColumns
{
    public const string Description = "description";
    public const string Subject = "subject";
    public const string LastName = "lastname";

    /// <summary>Dataverse wants a subject and a last name on every row: these two always give one.</summary>
    public const string DefaultSubject =
        "{{#if Appointment}}{{coalesce ServiceName \"Appointment\"}} ({{Appointment.Status}}){{else}}{{coalesce OfferTitle Lead.OfferId "
            + "LeadSource \"Marketplace lead\"}}{{#if Lead.Action}} ({{Lead.Action}}){{/if}}{{/if}}";

    public const string DefaultLastName = "{{coalesce UserDetails.LastName Lead.EmailName UserDetails.Company \"(unknown)\"}}";

    private const string WhenDoNotContact = "{{#if Lead.DoNotContact}}true{{/if}}";

    private static readonly (string Column, string Template)[] Defaults =
    [
        (Subject, DefaultSubject),
        ("firstname", "{{UserDetails.FirstName}}"),
        (LastName, DefaultLastName),
        ("emailaddress1", "{{UserDetails.Email}}"),
        ("telephone1", "{{UserDetails.Phone}}"),
        ("companyname", "{{UserDetails.Company}}"),
        ("jobtitle", "{{UserDetails.Title}}"),
        ("address1_country", "{{UserDetails.Country}}"),
        (Description, "{{Description}}"),
        // 8 is Web; Dataverse's standard choices have none for a marketplace.
        ("leadsourcecode", "8"),
        ("donotemail", WhenDoNotContact),
        ("donotphone", WhenDoNotContact),
        ("donotbulkemail", WhenDoNotContact),
    ];

    public static IReadOnlyList<(Column Column, LeadTemplate Template)> Of(RowOptions options)
    {
        var sources = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, template) in Defaults)
        {
            sources[column] = template;
        }

        foreach (var (column, template) in options.Columns)
        {
            sources[column] = template;
        }

        return [.. sources
            .Where(source => !string.IsNullOrWhiteSpace(source.Value))
            .Select(source => (ColumnOf(source.Key, options), LeadTemplate.Text(source.Value)))];
    }

    private static Column ColumnOf(string name, RowOptions options)
    {
        var type = name.EndsWith(Column.Bind, StringComparison.OrdinalIgnoreCase) ? ColumnType.Lookup : ColumnType.String;
        var column = Column.Standard.GetValueOrDefault(name) ?? new Column(name, type, null, null);
        return column with
        {
            MaxLength = options.MaxLengths.TryGetValue(name, out var length) ? length : column.MaxLength,
            Type = options.Types.TryGetValue(name, out var chosen) ? chosen : column.Type,
        };
    }
}
