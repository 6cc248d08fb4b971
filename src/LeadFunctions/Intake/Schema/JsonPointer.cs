using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Intake.Schema;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string name) =>
        pointer + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>
    /// The pointer for NJsonSchema's ways to write a path (<c>#/UserDetails.Email</c>, <c>#/items[2].name</c>,
    /// <c>#/UserDetails['a.b']</c>). A name may hold dots and brackets, so the document decides how the path is divided; what it
    /// doesn't have is taken as one name.
    /// </summary>
    public static string FromNJsonSchema(string? path, JsonElement document)
    {
        var rest = path is null ? "" : path.StartsWith("#/", StringComparison.Ordinal) ? path[2..] : path;
        var pointer = new StringBuilder();
        var at = document;
        while (rest.Length > 0)
        {
            var step = at.ValueKind == JsonValueKind.Array ? IndexStep(at, rest) : NameStep(at, rest);
            pointer.Append(Append("", step.Name));
            rest = rest[step.Length..];
            rest = rest.StartsWith('.') ? rest[1..] : rest;
            at = step.Value;
        }

        return pointer.ToString();
    }

    private static Step IndexStep(JsonElement array, string rest)
    {
        var end = rest.IndexOf(']', StringComparison.Ordinal);
        return rest.StartsWith('[')
            && end > 0
            && int.TryParse(rest.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < array.GetArrayLength()
            ? new Step(rest[1..end], end + 1, array[index])
            : new Step(rest, rest.Length, default);
    }

    private static Step NameStep(JsonElement element, string rest)
    {
        var longest = new Step(rest, 0, default);
        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            var length =
                Starts(rest, property.Name) ? property.Name.Length
                : Starts(rest, $"['{property.Name}']") ? property.Name.Length + 4
                : 0;
            if (length > longest.Length)
            {
                longest = new Step(property.Name, length, property.Value);
            }
        }

        return longest.Length > 0 ? longest : longest with { Length = rest.Length };
    }

    private static bool Starts(string rest, string written) =>
        rest.StartsWith(written, StringComparison.Ordinal) && (rest.Length == written.Length || rest[written.Length] is '.' or '[');

    /// <param name="Length">How much of the path it takes.</param>
    private readonly record struct Step(string Name, int Length, JsonElement Value);
}
