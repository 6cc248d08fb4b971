using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadFunctions.Destinations.Rendering;

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

    /// <summary>A day without a time (Date Only).</summary>
    Date,
    Guid,

    /// <summary>Several choices, by their numbers.</summary>
    Choices,

    /// <summary>Another row: <c>/campaigns(id)</c>, written under <c>name@odata.bind</c>.</summary>
    Lookup,
}

/// <summary>A column of the lead table.</summary>
/// <param name="MaxLength">Of a text, in UTF-16 units; null when unlimited or unknown.</param>
/// <param name="Format">Dataverse's format of a text: <c>email</c>, <c>phone</c>…; null for columns that the publisher added.</param>
internal sealed partial record Column(string Name, ColumnType Type, int? MaxLength, string? Format)
{
    /// <summary>What stands after a lookup's name when it is written (OData: "Associate table rows on create").</summary>
    public const string Bind = "@odata.bind";

    /// <summary>The first that Dataverse takes (0x80040239). What is earlier is no time but a system's word for none.</summary>
    private const int FirstYear = 1753;

    /// <summary>The standard columns with Microsoft's default lengths, from the Common Data Model's lead table.</summary>
    private static readonly Lazy<IReadOnlyDictionary<string, Column>> StandardColumns = new(ReadStandard);

    public static IReadOnlyDictionary<string, Column> Standard => StandardColumns.Value;

    /// <summary>The texts in which people write lines; every other standard text is one line.</summary>
    public bool HasLines => Format is null || Name is "description" or "qualificationcomments";

    /// <summary>The JSON value for a text, or null when the text is none of this type.</summary>
    public JsonNode? Parse(string text) =>
        Type switch
        {
            ColumnType.String => JsonValue.Create(text),
            ColumnType.Choice or ColumnType.Integer =>
                int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null,
            ColumnType.Boolean => bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : null,
            ColumnType.Decimal or ColumnType.Money =>
                decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? JsonValue.Create(amount) : null,
            ColumnType.Double =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
                    ? JsonValue.Create(real)
                    : null,
            ColumnType.DateTime => Time(text) is { } time
                ? JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
                : null,
            // The day where it was written: in UTC an evening could be the next one.
            ColumnType.Date => Time(text) is { } day ? JsonValue.Create(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null,
            ColumnType.Guid => System.Guid.TryParse(text, out var guid) ? JsonValue.Create(guid.ToString("D")) : null,
            ColumnType.Choices => Numbers(text) is { Count: > 0 } numbers ? JsonValue.Create(string.Join(',', numbers)) : null,
            ColumnType.Lookup => RowAddress().IsMatch(text) ? JsonValue.Create(text) : null,
            _ => null,
        };

    /// <summary>A time that stands for none: systems write 0001-01-01 and 1601-01-01.</summary>
    public bool IsNoTime(string text) => Type is ColumnType.DateTime or ColumnType.Date && Time(text) is { Year: < FirstYear };

    /// <summary>The numbers of a list of choices; null when something else is among them.</summary>
    public static IReadOnlyList<int>? Numbers(string text)
    {
        var numbers = new List<int>();
        foreach (var part in text.Split(',', ';').Select(part => part.Trim()).Where(part => part.Length > 0))
        {
            if (!int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>An entity set with a key, alone or with the environment's address before it.</summary>
    [GeneratedRegex(@"^(?:/|https?://[^\s()]+/)?[A-Za-z_][A-Za-z0-9_]*\([^()]+\)\z")]
    private static partial Regex RowAddress();

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
