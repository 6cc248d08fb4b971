using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Schema;

namespace LeadFunctions.Intake;

/// <summary>Whether a text is a JSON object (RFC 8259: no comments, no trailing commas), and what is wrong if it isn't.</summary>
internal static class BodyFault
{
    private const int MostLevels = 64;

    public static Violation? Of(ReadOnlyMemory<byte> text, out JsonDocument? document)
    {
        document = null;
        if (text.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new Violation("", "is empty; send the lead as a JSON object");
        }

        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostLevels });
        }
        catch (JsonException exception)
        {
            return new Violation("", $"is not JSON that can be read (at most {MostLevels} levels deep, no comments): line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return null;
        }

        var kind = document.RootElement.ValueKind;
        document.Dispose();
        document = null;
        return new Violation("", $"must be a JSON object, but is {SchemaViolations.Name(kind)}; put the lead's properties in braces");
    }
}
