using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Intake.Encodings;

namespace LeadFunctions.Tests.Intake.Encodings;

public sealed class BodyTextTests
{
    private const string Body = """{"Description":"Zoë 😀"}""";

    public static TheoryData<Encoding> WithMark => [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true)];

    [Theory]
    [MemberData(nameof(WithMark))]
    public void A_byte_order_mark_tells_the_encoding_and_goes(Encoding encoding) =>
        Assert.Equal(Body, Text([.. encoding.GetPreamble(), .. encoding.GetBytes(Body)]));

    [Fact]
    public void Plain_bytes_are_not_copied()
    {
        ReadOnlyMemory<byte> body = Encoding.UTF8.GetBytes(Body);

        Assert.Equal(body, BodyText.Utf8(body));
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_are_windows_1252() =>
        Assert.Equal("{\"a\":\"xÿ€”y\"}", Text([.. "{\"a\":\"x"u8, 0xFF, 0x80, 0x94, .. "y\"}"u8]));

    [Theory]
    [InlineData(@"\ud800", @"\ufffd")]
    [InlineData(@"\uDBFFx", @"\ufffdx")]
    [InlineData(@"\udc00", @"\ufffd")]
    [InlineData(@"\ud83d\ud83d\ude00", @"\ufffd\ud83d\ude00")]
    [InlineData(@"\ude00\ud83d", @"\ufffd\ufffd")]
    [InlineData(@"\\\ud800", @"\\\ufffd")]
    public void Half_of_a_surrogate_pair_becomes_the_replacement_character(string text, string mended) =>
        Assert.Equal(mended, Text(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(@"\ud83d\ude00")]
    [InlineData(@"\uD83D\uDE00")]
    [InlineData(@"\\ud800")]
    [InlineData(@"\\\\udc00")]
    [InlineData(@"\u00e9")]
    [InlineData(@"\ud8")]
    [InlineData(@"\ud8zz")]
    [InlineData(@"\u")]
    [InlineData(@"\")]
    public void Everything_else_stays_as_it_is(string text) => Assert.Equal(text, Text(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(0xFF, 0xFE)]
    [InlineData(0xFE, 0xFF)]
    public void An_odd_byte_at_the_end_of_utf_16_does_no_harm(byte first, byte second) =>
        Assert.True(Utf8.IsValid(BodyText.Utf8(new[] { first, second, (byte)'{' }).Span));

    [Fact]
    public void Any_bytes_become_valid_utf_8() =>
        Prop.ForAll<byte[]>(bytes => Utf8.IsValid(BodyText.Utf8(bytes).Span)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_escapes_can_be_read_as_text_and_whole_pairs_are_untouched()
    {
        var pieces = Gen.Elements(@"\ud83d", @"\ude00", @"\ud83d\ude00", @"\\", "x", @"\u0041", @"\""", "ud800").ListOf().Select(string.Concat);

        Prop.ForAll(pieces.ToArbitrary(), text =>
        {
            var mended = Text(Encoding.UTF8.GetBytes(text));
            var read = JsonElement.Parse($"\"{mended}\"").GetString()!;
            return read == Expected(text);
        }).QuickCheckThrowOnFailure();
    }

    private static string Text(byte[] body) => Encoding.UTF8.GetString(BodyText.Utf8(body).Span);

    /// <summary>Each escape by itself, then what an encoder makes of halves.</summary>
    private static string Expected(string escaped)
    {
        var text = new StringBuilder();
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != '\\')
            {
                text.Append(escaped[at]);
            }
            else if (escaped[++at] == 'u')
            {
                text.Append((char)Convert.ToInt32(escaped.Substring(at + 1, 4), 16));
                at += 4;
            }
            else
            {
                text.Append(escaped[at]);
            }
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
