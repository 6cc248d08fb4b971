using System.Buffers;
using System.Text.Json;

namespace LeadFunctions.Intake.Schema;

/// <summary>
/// Puts the nearest 64-bit integer in the place of a longer one. The JSON reader that NJsonSchema uses throws on those, and
/// for a schema it is the same: a number, too large.
/// </summary>
internal static class LongNumbers
{
    public static ReadOnlySpan<byte> Shortened(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? shortened = null;
        var copied = 0;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAny(".eE"u8) || reader.TryGetInt64(out _))
            {
                continue;
            }

            shortened ??= new ArrayBufferWriter<byte>(json.Length);
            shortened.Write(json[copied..(int)reader.TokenStartIndex]);
            shortened.Write(reader.ValueSpan[0] == (byte)'-' ? "-9223372036854775808"u8 : "9223372036854775807"u8);
            copied = (int)reader.BytesConsumed;
        }

        if (shortened is null)
        {
            return json;
        }

        shortened.Write(json[copied..]);
        return shortened.WrittenSpan;
    }
}
