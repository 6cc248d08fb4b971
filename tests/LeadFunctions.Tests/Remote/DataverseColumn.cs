using System.Text.Json;
using System.Xml;

namespace LeadFunctions.Tests.Remote;

/// <summary>A column of the lead table. <see cref="Check"/> holds a value to it with the error that Dataverse would give.</summary>
/// <param name="Type">A type of the contract: string, choice, integer, boolean, decimal, money, double, datetime or guid; date, choices (several) or lookup.</param>
internal sealed record DataverseColumn(string Name, string Type, int? MaxLength = null, IReadOnlyList<int>? Options = null, bool ReadOnly = false, bool Required = false)
{
    /// <summary>The navigation property of a lookup and the table that it leads to, by its two names.</summary>
    public (string Navigation, string Target, string TargetSet)? Lookup { get; init; }

    public decimal? Least { get; init; }

    public decimal? Most { get; init; }

    /// <summary>It can be set when a row is made and not later.</summary>
    public bool OnlyAtCreation { get; init; }

    private string EdmType => Type switch
    {
        "string" => "Edm.String",
        "choice" or "integer" => "Edm.Int32",
        "boolean" => "Edm.Boolean",
        "decimal" or "money" => "Edm.Decimal",
        "double" => "Edm.Double",
        "datetime" => "Edm.DateTimeOffset",
        "date" => "Edm.Date",
        "choices" => "Edm.String",
        "guid" => "Edm.Guid",
        _ => throw new InvalidOperationException($"The column '{Name}' has the unknown type '{Type}'."),
    };

    public DataverseError? Check(JsonElement value)
    {
        if (ReadOnly)
        {
            return DataverseError.ReadOnly(Name);
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && !TryGetText(value, out _))
        {
            // Which half of a pair it is can't be read any more; the first stands for all.
            return DataverseError.InvalidCharacter(Name, '\uD800');
        }

        if (Type == "lookup")
        {
            return DataverseError.NotANavigation(Name);
        }

        return HasType(value) ? CheckText(value) ?? CheckOption(value) : DataverseError.WrongType(Literal(value), EdmType);
    }

    private bool HasType(JsonElement value) => (EdmType, value.ValueKind) switch
    {
        ("Edm.String", JsonValueKind.String) => true,
        ("Edm.Int32", JsonValueKind.Number) => value.TryGetInt32(out _),
        ("Edm.Boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("Edm.Decimal", JsonValueKind.Number) => value.TryGetDecimal(out _),
        ("Edm.Double", JsonValueKind.Number) => true,
        ("Edm.DateTimeOffset", JsonValueKind.String) => value.TryGetDateTimeOffset(out _) && HasOffset(value.GetString()!),
        ("Edm.Date", JsonValueKind.String) => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _),
        ("Edm.Guid", JsonValueKind.String) => value.TryGetGuid(out _),
        _ => false,
    };

    private DataverseError? CheckText(JsonElement value)
    {
        if (Type != "string")
        {
            return null;
        }

        var text = value.GetString()!;
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                return DataverseError.InvalidCharacter(Name, text[i]);
            }
        }

        return text.Length > MaxLength ? DataverseError.TooLong(Name, MaxLength.Value) : null;
    }

    private DataverseError? CheckOption(JsonElement value) =>
        Type == "choices" && Options is not null && value.GetString()!.Split(',').FirstOrDefault(text => !int.TryParse(text, out var number) || !Options.Contains(number)) is { } other
            ? DataverseError.OutOfRange(Name, int.TryParse(other, out var wrong) ? wrong : -1, Options)
        : value.ValueKind == JsonValueKind.Number && Type is "integer" or "decimal" && value.GetDecimal() is var amount && (amount < Least || amount > Most)
            ? DataverseError.OutOfRange(Name, (int)amount, [])
        : Type == "choice" && Options is not null && !Options.Contains(value.GetInt32()) ? DataverseError.OutOfRange(Name, value.GetInt32(), Options) : null;

    private static bool HasOffset(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10;

    private static string Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Object or JsonValueKind.Array => "StartObject",
        _ => value.GetRawText(),
    };

    private static bool TryGetText(JsonElement value, out string? text)
    {
        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 without its other half is JSON, but no text.
            text = null;
            return false;
        }
    }
}
