using System.Text;
using System.Text.Json;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Intake;

/// <summary>Whether a body is a JSON object (RFC 8259: no comments, no trailing commas), and what it is if it isn't.</summary>
internal static class BodyFault
{
    private const int MostLevels = 64;
    private const int MostLookedAt = 500;

    /// <summary>Shorter ones can't weigh much, and cost nobody the look.</summary>
    private const int LeastWeighed = 3_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MostLevels };

    public static bool IsObject(ReadOnlyMemory<byte> text)
    {
        if (IsTooNested(text.Span))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static Violation? Of(PostedBody body, out JsonDocument? document)
    {
        document = null;
        if (Trimmed(body.Text.Span).IsEmpty)
        {
            return new Violation("", "is empty; send the lead as a JSON object");
        }

        if (IsTooNested(body.Text.Span))
        {
            return new Violation(
                "",
                "has too many levels for its length: most of its values stand in more than a dozen objects or lists each; send it flatter");
        }

        try
        {
            document = JsonDocument.Parse(body.Text, Options);
        }
        catch (JsonException exception)
        {
            var readAs = body.Charset is { } charset ? $" (read as {charset})" : "";
            return new Violation("", (Kind(body) ?? Explain(body.Text.Span, exception)) + readAs);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return null;
        }

        var kind = document.RootElement.ValueKind;
        var isTwice = kind == JsonValueKind.String && document.RootElement.GetString()!.AsSpan().TrimStart() is ['{', ..];
        document.Dispose();
        document = null;
        return new Violation("", isTwice
            ? "is a text that holds JSON: it was encoded twice; send the object itself"
            : $"must be a JSON object, but is {SchemaViolations.Name(kind)}; "
                + (kind == JsonValueKind.Array ? "post each lead by itself" : "put the lead's properties in braces"));
    }

    /// <summary>
    /// Whether its values stand in very many objects and lists, all of them together. What is done with JSON is done level by level: 60
    /// levels with a hundred thousand values cost sixty times as much as the same without levels, and the system's own parser is the first
    /// to pay.
    /// </summary>
    private static bool IsTooNested(ReadOnlySpan<byte> text)
    {
        if (text.Length < LeastWeighed)
        {
            return false;
        }

        var left = 100_000L + (4L * text.Length);
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MostLevels });
        try
        {
            while (left >= 0 && reader.Read())
            {
                left -= reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray
                    ? 0
                    : reader.CurrentDepth;
            }
        }
        catch (JsonException)
        {
            // Whoever parses it says what is wrong.
        }

        return left < 0;
    }

    /// <summary>What else than JSON it is; null when that can't be told.</summary>
    private static string? Kind(PostedBody body)
    {
        if (ContentCoding.Guess(body.Kept.Span) is { } coding)
        {
            return $"is compressed ({coding}) and no Content-Encoding says so; add the header, or send it as it is";
        }

        var begins = Trimmed(body.Text.Span);
        var text = Encoding.UTF8.GetString(begins[..Math.Min(begins.Length, MostLookedAt)]);
        return text switch
        {
            _ when Begins(text, "<!doctype html", "<html") => "is HTML, not JSON; send the lead as a JSON object",
            ['<', ..] => "is XML, not JSON; send the lead as a JSON object",
            _ when Begins(text, "%PDF", "\u2030PNG", "GIF8") || text.Contains('\0', StringComparison.Ordinal) =>
                "is binary data, not JSON; send the lead as a JSON object",
            _ when Begins(text, "--") => "is a form (multipart); send the lead as a JSON object",
            _ when Begins(text, "eyJ", "ewo", "ewog", "eyI") => "is Base64 or a token; send the JSON itself",
            _ when IsForm(text) => "is a form (name=value); send the lead as a JSON object",
            _ => null,
        };
    }

    private static bool Begins(string text, params ReadOnlySpan<string> with)
    {
        foreach (var beginning in with)
        {
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsForm(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        && text[..at].All(letter => char.IsAsciiLetterOrDigit(letter) || "._-%+[]".Contains(letter, StringComparison.Ordinal));

    /// <summary>In words that say what to do: the parser's own only name what it met.</summary>
    private static string Explain(ReadOnlySpan<byte> text, JsonException exception)
    {
        var words = exception.Message;
        var what = words switch
        {
            _ when Says("trailing comma") => "there is a comma after the last property or item",
            _ when Says("maximum configured depth") => "it has too many levels",
            _ when Says("after a single JSON value") => "it goes on after the object; post each lead by itself",
            _ when Says("Expected depth to be zero") || Says("end of data") || Says("end of the JSON payload") || Says("end of string") =>
                "it ends too early; was it cut off?",
            _ when Says("within a JSON string") => "there is a line break or another control character within a text; write it as \\n",
            _ when Says("'/'") || Says("comment") => "there is a comment",
            _ when Says("0x27") || Says("'''") => "names and texts stand in double quotes",
            _ when Trimmed(text) is not [(byte)'{' or (byte)'[', ..] => "it does not begin with {",
            _ => "look at this place",
        };
        var where = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
        return $"is not JSON that can be read: {what} ({where}; at most {MostLevels} levels, no comments)";

        bool Says(string part) => words.Contains(part, StringComparison.Ordinal);
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);
}
