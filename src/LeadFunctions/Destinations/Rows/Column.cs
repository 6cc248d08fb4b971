using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Destinations.Rows;

/// <summary>The types of Dataverse columns.</summary>
internal enum ColumnType
{
    String,
    Choice,
    Integer,
    Boolean,
    Decimal,
    Money,
    Double,
    DateTime,
    Guid,
}

/// <summary>A column of the lead table.</summary>
/// <param name="MaxLength">Of a text, in UTF-16 units; null when unlimited or unknown.</param>
/// <param name="Format">Dataverse's format of a text: <c>email</c>, <c>phone</c>…; null for columns that the publisher added.</param>
internal sealed record Column(string Name, ColumnType Type, int? MaxLength, string? Format)
{
    /// <summary>The standard columns with Microsoft's default lengths, from the Common Data Model's lead table.</summary>
    private static readonly Lazy<IReadOnlyDictionary<string, Column>> StandardColumns = new(ReadStandard);

    public static IReadOnlyDictionary<string, Column> Standard => StandardColumns.Value;

    /// <summary>The texts in which people write lines; every other standard text is one line.</summary>
    public bool HasLines => Format is null || Name is "description" or "qualificationcomments";

    /// <summary>The JSON value for a text, or null when the text is none of this type.</summary>
    public JsonNode? Parse(string text) => Type switch
    {
        ColumnType.String => JsonValue.Create(text),
        ColumnType.Choice or ColumnType.Integer => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null,
        ColumnType.Boolean => bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : null,
        ColumnType.Decimal or ColumnType.Money => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? JsonValue.Create(amount) : null,
        ColumnType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? JsonValue.Create(real) : null,
        ColumnType.DateTime => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)) : null,
        ColumnType.Guid => System.Guid.TryParse(text, out var guid) ? JsonValue.Create(guid.ToString("D")) : null,
        _ => null,
    };

    private static Dictionary<string, Column> ReadStandard()
    {
        using var stream = typeof(Column).Assembly.GetManifestResourceStream("lead-columns.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("columns").EnumerateArray()
            .Select(column => new Column(
                column.GetProperty("name").GetString()!,
                Enum.Parse<ColumnType>(column.GetProperty("type").GetString()!, ignoreCase: true),
                column.TryGetProperty("maxLength", out var length) ? length.GetInt32() : null,
                column.TryGetProperty("format", out var format) ? format.GetString() : null))
            .ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);
    }
}
