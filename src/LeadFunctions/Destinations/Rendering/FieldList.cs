using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// Names and values for people, as many as they read: a body can be made so that each of fifty thousand values repeats a long name.
/// What is left out is said; the lead itself is kept whole.
/// </summary>
internal sealed class FieldList
{
    public const int MostFields = 300;
    public const int MostLetters = 60_000;

    private const int LongestName = 200;
    private const int LongestValue = 32_000;

    private readonly List<(string Name, string Value)> _fields = [];
    private int _letters;
    private int _leftOut;

    private bool IsFull => _fields.Count >= MostFields || _letters >= MostLetters;

    /// <summary>Those that were added, and how many were left out.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields => _leftOut == 0
        ? _fields
        : [.. _fields, ("Left out", LeftOut)];

    private string LeftOut =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_leftOut:N0} more values are not shown here; the whole lead is kept in the run history");

    public void Add(string name, string value)
    {
        if (IsFull)
        {
            _leftOut++;
            return;
        }

        value = PlainText.CutMarked(value, LongestValue);
        _fields.Add((name, value));
        _letters += name.Length + value.Length;
    }

    /// <summary>Notes that some are left out that were not even read.</summary>
    public void LeaveOut(int count) => _leftOut += count;

    /// <summary>A property under its name, which nobody needs any more when the list is full.</summary>
    public void Add(JsonProperty property) => Add(IsFull ? "" : property.Name, property.Value);

    /// <summary>Each value under its path; a list of plain values is one.</summary>
    public void Add(string name, JsonElement value)
    {
        if (IsFull)
        {
            _leftOut += Leaves(value);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                Add(IsFull ? "" : $"{Short(name)}.{Short(property.Name)}", property.Value);
            }
        }
        else if (HasItems(value, JsonValueKind.Object) || HasItems(value, JsonValueKind.Array))
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Add(IsFull ? "" : string.Create(CultureInfo.InvariantCulture, $"{Short(name)}[{index++}]"), item);
            }
        }
        else
        {
            var isPlainList = value.ValueKind == JsonValueKind.Array && !HasItems(value, JsonValueKind.String);
            Add(name.Length > (2 * LongestName) + 20 ? Short(name) : name, isPlainList ? value.GetRawText() : ValueText.Of(value));
        }
    }

    // No LINQ in these: there may be a hundred thousand of them, and each call of it would make an object.
    private static bool HasItems(JsonElement value, JsonValueKind kind)
    {
        foreach (var item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default)
        {
            if (item.ValueKind == kind)
            {
                return true;
            }
        }

        return false;
    }

    private static string Short(string name) => name.Length > LongestName ? PlainText.Cut(name, LongestName) + "…" : name;

    private static int Leaves(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return 1;
        }

        var leaves = 0;
        foreach (var property in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
        {
            leaves += Leaves(property.Value);
        }

        foreach (var item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default)
        {
            leaves += Leaves(item);
        }

        return leaves;
    }
}
