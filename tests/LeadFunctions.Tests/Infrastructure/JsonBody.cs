using System.Text;
using System.Text.Json;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A JSON value that a test can write in many ways: it may hold what a document object model would not, such as a name given twice.</summary>
internal abstract record JsonBody
{
    internal sealed record Scalar(string Json) : JsonBody;

    internal sealed record List(IReadOnlyList<JsonBody> Items) : JsonBody;

    internal sealed record Map(IReadOnlyList<KeyValuePair<string, JsonBody>> Properties) : JsonBody;

    public sealed override string ToString() => Write(null);

    /// <summary>The same value with its properties in another order, names in another casing and other white space.</summary>
    public string Rewritten(int seed) => Write(new Random(seed));

    private string Write(Random? chance)
    {
        var json = new StringBuilder();
        Write(json, chance);
        return json.ToString();
    }

    private void Write(StringBuilder json, Random? chance)
    {
        switch (this)
        {
            case Scalar scalar:
                json.Append(scalar.Json);
                break;
            case List list:
                WriteAll(json, '[', list.Items, ']', chance, item => item.Write(json, chance));
                break;
            case Map map:
                var properties = map.Properties.ToArray();
                chance?.Shuffle(properties);
                WriteAll(json, '{', properties, '}', chance, property =>
                {
                    json.Append(JsonSerializer.Serialize(Recased(property.Key, chance))).Append(Space(chance)).Append(':').Append(Space(chance));
                    property.Value.Write(json, chance);
                });
                break;
            default:
                throw new InvalidOperationException($"No way to write {GetType().Name}.");
        }
    }

    private static void WriteAll<T>(StringBuilder json, char open, IReadOnlyList<T> items, char close, Random? chance, Action<T> write)
    {
        json.Append(open).Append(Space(chance));
        for (var index = 0; index < items.Count; index++)
        {
            json.Append(index == 0 ? "" : ",").Append(Space(chance));
            write(items[index]);
            json.Append(Space(chance));
        }

        json.Append(close);
    }

    private static string Space(Random? chance) => chance?.Next(4) switch { 0 => " ", 1 => "\r\n\t", _ => "" };

    private static string Recased(string name, Random? chance) => chance is null
        ? name
        : string.Concat(name.Select(letter => chance.Next(2) == 0 ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter)));
}
