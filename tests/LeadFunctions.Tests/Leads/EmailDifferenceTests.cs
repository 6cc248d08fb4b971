using System.Diagnostics;
using System.Globalization;
using System.Net.Mail;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Leads;

/// <summary>
/// What is made of the texts of address fields against what System.Net.Mail reads in them: of the two no one may find another address
/// than the other, and what counts as an address is one to both. For as long as <c>LEADFUNCTIONS_FUZZ_SECONDS</c> says (default 1); a
/// failure names the seed, from which <c>LEADFUNCTIONS_FUZZ_SEED</c> begins.
/// </summary>
public sealed class EmailDifferenceTests
{
    private const int InTheSuite = 20_000;

    private static readonly string[] Pieces =
    [
        "kim", "lee", "o'neill", "kim@example.com", "lee@example.com", "KIM@EXAMPLE.COM",
        "@", "＠", ".", "。", "..", "example.com", "example", "com",
        "co.uk", "a-b.example", "-", "_", "+", "%", "%40", "mailto:", "smtp:", "?subject=a", "<", ">", "(", ")", "[", "]",
        "\"", "'", "`", "“", "”", ",", ";",
        ":", "|", "&lt;", "&gt;", " ", "  ", "\t", "\n", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u202e", "é",
        "ｋ", "日本", "\ud83d", "\ude00", "\\", "/",
        "=", "!", "#", "{", "}", "1", "localhost", "127.0.0.1", "[127.0.0.1]",
    ];

    // System.Net.Mail takes them for the beginning of an address, as the standard does; people and programs mean none of it.
    private static readonly char[] NoPart = [.. "|=?/&*~^{}!#$%'`"];

    [Fact]
    public void No_text_means_two_addresses()
    {
        // In the suite always the same; for so many seconds, others each time.
        var seconds = Number("LEADFUNCTIONS_FUZZ_SECONDS");
        var seed = Number("LEADFUNCTIONS_FUZZ_SEED") ?? (seconds is null ? 1 : Random.Shared.Next());
        var (took, texts, addresses) = (Stopwatch.StartNew(), 0, 0);
        for (; seconds is null ? texts < InTheSuite : took.Elapsed < TimeSpan.FromSeconds(seconds.Value); texts++, seed = unchecked(seed + 1))
        {
            var text = TextOf(seed);
            try
            {
                addresses += Compare(text) ? 1 : 0;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed}, {Shown(text)}: {exception.Message}");
            }
        }

        Assert.NotEqual(0, addresses);
    }

    [Theory]
    [InlineData("kim@example.com")]
    [InlineData("Kim Lee <kim@example.com>")]
    [InlineData("\"lee@example.com\" <kim@example.com>")]
    [InlineData("lee@example.com <kim@example.com>")]
    [InlineData("(lee@example.com) kim@example.com")]
    [InlineData("kim@example.com (lee@example.com)")]
    [InlineData("kim@example.com.")]
    [InlineData("kim.@example.com")]
    [InlineData("kim@127.0.0.1")]
    [InlineData("kim@[127.0.0.1]")]
    [InlineData("kim@-example.com")]
    [InlineData("kim@example.com..org")]
    [InlineData("kim@example.com.-example")]
    public void So_it_is_with_what_is_odd(string text) => Compare(text);

    /// <summary>True: it means an address.</summary>
    private static bool Compare(string text)
    {
        var clean = EmailText.Clean(text);
        var isAddress = EmailText.IsAddress(clean);
        if (isAddress)
        {
            Assert.True(EmailAddress.IsValid(clean), $"{Shown(clean)} is an address here, and none to a mail API.");
            Assert.True(
                MailAddress.TryCreate(clean, out var same) && same.Address == clean,
                $"{Shown(clean)} is an address here, and none to System.Net.Mail.");
        }

        if (EmailText.IsPlain(Encoding.UTF8.GetBytes(text)))
        {
            Assert.Equal(text, clean);
        }

        if (MailAddress.TryCreate(text, out var read) && EmailAddress.IsValid(read.Address) && isAddress)
        {
            Assert.Equal(read.Address.TrimStart(NoPart), clean.TrimStart(NoPart), ignoreCase: true);
        }

        Assert.Equal(clean, EmailText.Clean(clean));
        return isAddress;
    }

    private static string TextOf(int seed)
    {
        var chance = new Random(seed);
        var text = string.Concat(chance.GetItems(Pieces, chance.Next(1, 9)));
        for (var times = chance.Next(3); times > 0 && text.Length > 1; times--)
        {
            var at = chance.Next(text.Length);
            text = chance.Next(3) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, chance.GetItems(Pieces, 1)[0]),
                _ => text[at..] + text[..at],
            };
        }

        return text;
    }

    private static string Shown(string text) =>
        string.Concat(text.Select(letter => letter is >= ' ' and <= '~' ? $"{letter}" : $"\\u{(int)letter:x4}"));

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
