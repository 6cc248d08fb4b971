using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>What the publisher changed about the columns of a CRM row.</summary>
/// <param name="Columns">Column → template; adds to the defaults or overrides them, and an empty one removes a column.</param>
/// <param name="MaxLengths">Column → length in UTF-16 units, where the environment's differs from Microsoft's default.</param>
/// <param name="Types">Column → type, for columns of the publisher's own that aren't texts.</param>
internal sealed record RowOptions(
    IReadOnlyDictionary<string, string> Columns,
    IReadOnlyDictionary<string, int> MaxLengths,
    IReadOnlyDictionary<string, ColumnType> Types)
{
    public static RowOptions Read(SettingsReader settings, string section)
    {
        var columns = settings.Map($"{section}:Columns");
        foreach (var (name, source) in columns)
        {
            if (name.Equals("leadid", StringComparison.OrdinalIgnoreCase))
            {
                settings.Fault(
                    $"{section}:Columns:{name}",
                    "can't be set: it is the lead's own id, by which a repeated attempt finds the row of the first");
            }

            if (LeadTemplate.Text(source).Fault() is { } fault)
            {
                settings.Fault($"{section}:Columns:{name}", $"is not a template that can be rendered: {fault}");
            }
        }

        return new RowOptions(
            columns,
            ReadEach($"{section}:MaxLengths", key => settings.Int(key, 100, 1, 1_048_576)),
            ReadEach($"{section}:Types", key => settings.Choice(key, ColumnType.String)));

        Dictionary<string, T> ReadEach<T>(string key, Func<string, T> read) =>
            settings.Map(key).Keys.ToDictionary(name => name, name => read($"{key}:{name}"), StringComparer.OrdinalIgnoreCase);
    }
}
