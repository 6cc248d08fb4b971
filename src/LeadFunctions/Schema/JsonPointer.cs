using System.Text;
using System.Text.Json;

namespace LeadFunctions.Schema;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string name) =>
        pointer + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>
    /// The pointer for NJsonSchema's way to write a path (<c>#/UserDetails.Email</c>, <c>#/items[2].name</c>). A name may hold
    /// dots and brackets, so the document decides how the path is divided; what it doesn't have is taken as one name.
    /// </summary>
    public static string FromNJsonSchema(string? path, JsonElement document)
    {
        var rest = path is null ? "" : path.StartsWith("#/", StringComparison.Ordinal) ? path[2..] : path;
        var pointer = new StringBuilder();
        var element = document;
        while (rest.Length > 0)
        {
            var name = LongestName(element, rest, out var next);
            pointer.Append(Append("", name));
            rest = rest[Math.Min(rest.Length, Consumed(element, name))..].TrimStart('.');
            element = next;
        }

        return pointer.ToString();
    }

    private static int Consumed(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? name.Length + 2 : name.Length;

    private static string LongestName(JsonElement element, string rest, out JsonElement next)
    {
        next = default;
        if (element.ValueKind == JsonValueKind.Array && rest.StartsWith('['))
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            if (end > 0 && int.TryParse(rest.AsSpan(1, end - 1), out var index) && index < element.GetArrayLength())
            {
                next = element[index];
                return rest[1..end];
            }
        }

        var best = "";
        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            var name = property.Name;
            var ends = rest.Length == name.Length || (rest.Length > name.Length && rest[name.Length] is '.' or '[');
            if (name.Length > best.Length && ends && rest.StartsWith(name, StringComparison.Ordinal))
            {
                (best, next) = (name, property.Value);
            }
        }

        return best.Length > 0 ? best : rest;
    }
}
