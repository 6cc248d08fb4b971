namespace LeadFunctions.Destinations.Rendering;

/// <summary>The columns of a CRM row with their templates: the defaults with the publisher's changes.</summary>
internal static class RowColumns
{
    public const string Description = "description";
    public const string Subject = "subject";
    public const string LastName = "lastname";

    private static readonly (string Column, LeadTemplate Template)[] Defaults =
    [
        (Subject, LeadTemplate.Default(DefaultTexts.RowSubject)),
        ("firstname", Detail("FirstName")),
        (LastName, LeadTemplate.Default(DefaultTexts.RowLastName)),
        ("emailaddress1", Detail("Email")),
        ("telephone1", Detail("Phone")),
        ("companyname", Detail("Company")),
        ("jobtitle", Detail("Title")),
        ("address1_country", Detail("Country")),
        (Description, LeadTemplate.Default(lead => lead.Text("Description") ?? "")),
        // 8 is Web; Dataverse's standard choices have none for a marketplace.
        ("leadsourcecode", LeadTemplate.Text("8")),
        ("donotemail", WhenDoNotContact),
        ("donotphone", WhenDoNotContact),
        ("donotbulkemail", WhenDoNotContact),
    ];

    private static LeadTemplate WhenDoNotContact => LeadTemplate.Default(lead => lead.Lead.Facts.DoNotContact ? "true" : "");

    public static IReadOnlyList<(Column Column, LeadTemplate Template)> Of(RowOptions options)
    {
        var templates = Defaults.ToDictionary(column => column.Column, column => column.Template, StringComparer.OrdinalIgnoreCase);
        foreach (var (column, source) in options.Columns)
        {
            if (string.IsNullOrWhiteSpace(source))
            {
                templates.Remove(column);
            }
            else
            {
                templates[column] = LeadTemplate.Text(source);
            }
        }

        return [.. templates.Select(template => (ColumnOf(template.Key, options), template.Value))];
    }

    private static LeadTemplate Detail(string name) => LeadTemplate.Default(lead => lead.Detail(name) ?? "");

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
