using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// For a body that is refused anyway: documented properties that stand where the schema doesn't look (at another level, inside
/// an array, given twice) and have a wrong kind of value. The schema allows unknown properties, so they refuse nothing alone.
/// </summary>
internal sealed class Misplaced
{
    /// <summary>A body can be made so that its pointers are a thousand times as long as itself.</summary>
    private const int MostLetters = 100_000;

    private readonly Dictionary<string, SchemaOutline> _documented = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Violation> _found = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private int _letters;

    private bool IsFull => _found.Count >= LeadSchema.MostViolations || _letters >= MostLetters;

    public static IReadOnlyList<Violation> Find(JsonElement body, SchemaOutline outline)
    {
        var misplaced = new Misplaced();
        misplaced.Collect(outline);
        misplaced.Walk(body);
        return [.. misplaced._found.Values];
    }

    private void Collect(SchemaOutline outline)
    {
        foreach (var property in outline.Properties)
        {
            _documented.TryAdd(property.Name, property);
            Collect(property);
        }
    }

    private void Walk(JsonElement element)
    {
        var index = 0;
        foreach (var item in element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default)
        {
            Step(index++.ToString(CultureInfo.InvariantCulture), item, null);
        }

        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            var known = _documented.GetValueOrDefault(property.Name);
            Step(known?.Name ?? property.Name, property.Value, known);
        }
    }

    private void Step(string name, JsonElement value, SchemaOutline? known)
    {
        if (IsFull)
        {
            return;
        }

        _path.Add(name);
        // An object where none belongs is named even when it is empty: whoever sent it meant something.
        if (known is not null && (value.ValueKind == JsonValueKind.Object || !Blank.Is(value)))
        {
            Check(value.ValueKind, known);
        }

        Walk(value);
        _path.RemoveAt(_path.Count - 1);
    }

    private void Check(JsonValueKind kind, SchemaOutline known)
    {
        if (known.Allows(kind))
        {
            return;
        }

        var at = _path.Aggregate("", JsonPointer.Append);
        if (_found.TryAdd(at, new Violation(at, $"must be {known.KindNames}, but is {SchemaViolations.Name(kind)}")))
        {
            _letters += at.Length;
        }
    }
}
