using System.Globalization;
using System.Text;
using System.Xml;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab\U0001F600", 3, "ab")]
    [InlineData("ab\U0001F600", 4, "ab\U0001F600")]
    [InlineData("a\U0001F468\u200d\U0001F469\u200d\U0001F467b", 5, "a")]
    [InlineData("abe\u0301", 3, "ab")]
    [InlineData("a\r\n", 2, "a")]
    [InlineData("abc", 0, "")]
    public void A_cut_ends_between_characters_as_people_see_them(string text, int most, string expected)
    {
        Assert.Equal(expected, PlainText.Cut(text, most));
    }

    [Fact]
    public void A_character_longer_than_the_limit_is_cut_between_code_points()
    {
        Assert.Equal("a" + new string('\u0301', 9), PlainText.Cut("a" + new string('\u0301', 50), 10));
        Assert.Equal("\U0001F468\u200d", PlainText.Cut("\U0001F468\u200d\U0001F469\u200d\U0001F467", 4));
    }

    [Fact]
    public void A_cut_never_splits_a_character_and_keeps_all_that_fits()
    {
        FreeText.Holds(text =>
        {
            for (var most = 0; most <= Math.Min(text.Length + 1, 200); most++)
            {
                var cut = PlainText.Cut(text, most);
                var ends = StringInfo.ParseCombiningCharacters(text).Append(text.Length).ToArray();
                Assert.StartsWith(cut, text, StringComparison.Ordinal);
                Assert.Equal(ends[1..].Where(end => end <= most).DefaultIfEmpty(cut.Length).Max(), cut.Length);
                Assert.False(cut.Length > 0 && cut.Length < text.Length && char.IsHighSurrogate(cut[^1]) && char.IsLowSurrogate(text[cut.Length]));
            }
        });
    }

    [Fact]
    public void Storable_text_holds_only_what_XML_can_and_loses_nothing_else()
    {
        FreeText.Holds(text =>
        {
            var storable = PlainText.Storable(text);

            XmlConvert.VerifyXmlChars(storable);
            Assert.Equal(storable, PlainText.Storable(storable));
            Assert.Equal(string.Concat(text.EnumerateRunes().Where(IsXml)), string.Concat(storable.EnumerateRunes().Where(rune => rune != Rune.ReplacementChar)));
        });

        static bool IsXml(Rune rune) => rune != Rune.ReplacementChar && (rune.Value > 0xffff || XmlConvert.IsXmlChar((char)rune.Value));
    }

    [Theory]
    [InlineData("a\r\nb", "a b")]
    [InlineData(" a \t\n b ", "a b")]
    [InlineData("a\u0085b\u2028c\u2029d", "a b c d")]
    [InlineData("evil\u202etxt.exe", "eviltxt.exe")]
    [InlineData("a\u200bb\ufeffc\u2066d\u2069", "abcd")]
    [InlineData("\U0001F468\u200d\U0001F469", "\U0001F468\u200d\U0001F469")]
    [InlineData("a\0\u0001b", "ab")]
    [InlineData("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")]
    [InlineData("\u0915\u094d\u200c\u0937", "\u0915\u094d\u200c\u0937")]
    [InlineData("\u200cA \u200c1", "A 1")]
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("a\U000E0067\U000E007Fb", "ab")]
    [InlineData("\u0600\u0661", "\u0600\u0661")]
    public void One_line_has_no_breaks_no_controls_and_no_hidden_marks(string text, string expected)
    {
        Assert.Equal(expected, PlainText.OneLine(text));
    }

    [Fact]
    public void One_line_is_one_line_whatever_the_text()
    {
        FreeText.Holds(text =>
        {
            var line = PlainText.OneLine(text);

            Assert.Equal(line.Trim(), line);
            Assert.DoesNotContain(line.EnumerateRunes(), rune => Rune.IsControl(rune) || (Rune.IsWhiteSpace(rune) && rune.Value != ' '));
            Assert.DoesNotContain(line.EnumerateRunes(), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && rune.Value is not (0x200c or 0x200d));
        });
    }
}
