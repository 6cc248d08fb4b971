using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Commands;

/// <summary>JSON as commands print it: indented, letters of every script as they are, and what steers a terminal or reorders text
/// escaped.</summary>
internal static class CommandJson
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode node) => Escaped(node.ToJsonString(Readable));

    public static string Text(JsonElement element) => Escaped(JsonSerializer.Serialize(element, Readable));

    // Such a character can stand in a string alone, where its escape says the same. The encoder has escaped those below U+0020.
    private static string Escaped(string json)
    {
        var text = new StringBuilder(json.Length);
        foreach (var letter in json)
        {
            var category = char.GetUnicodeCategory(letter);
            if ((category is UnicodeCategory.Format && letter is not ('\u200c' or '\u200d')) || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || (category == UnicodeCategory.Control && letter >= '\x7f'))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                text.Append(letter);
            }
        }

        return text.ToString();
    }
}
