using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Leads;

public sealed class EmailTextTests
{
    /// <summary>Every way to write the address of Kim that people and programs were seen to use.</summary>
    public static TheoryData<string> Written =>
    [
        "kim@example.com", " kim@example.com\n", "\u00a0kim@example.com\u2003", "kim@example.com\u200b", "\ufeffkim@example.com", "k\u00adim@exa\u200dmple.com", "\u202akim@example.com\u202c",
        "\u200ekim@example.com\u200f", "kim\u2060@example.com", "kim @ example.com", "kim@ example.com", "kim\u00a0@example.com", "kim@example .com", "ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ", "kim＠example。com",
        "mailto:kim@example.com", "MAILTO: kim@example.com", "mailto://kim@example.com", "mailto:kim@example.com?subject=Hello&body=x", "mailto:kim%40example.com", "smtp:kim@example.com", "E-Mail: kim@example.com",
        "<kim@example.com>", "Kim Lee <kim@example.com>", "\"Lee, Kim\" <kim@example.com>", "Kim Lee<mailto:kim@example.com>", "kim@example.com (Kim Lee)", "Kim Lee [kim@example.com]",
        "'kim@example.com'", "\"kim@example.com\"", "`kim@example.com`", "“kim@example.com”", "'Kim' <kim@example.com>", "kim@example.com.", "kim@example.com,", "kim@example.com;", "kim@example.com;;", ",kim@example.com",
        "<mailto:kim@example.com|kim@example.com>", "[kim@example.com](mailto:kim@example.com)", "<a href=\"mailto:kim@example.com\">kim@example.com</a>", "kim@example.com, kim@example.com", "kim@example.com; KIM@example.com",
        "**kim@example.com**", "kim@example.com!", "(kim@example.com)", "Kim Lee &lt;kim@example.com&gt;",
    ];

    [Property(MaxTest = 2_000)]
    public Property An_address_is_what_its_grammar_says_however_it_is_told()
    {
        // RFC 5321: a dot-atom, and a domain of at least two labels of 63 letters at most, the last of which begins with a letter.
        const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
        const string Rest = "[A-Za-z0-9-]{0,61}[A-Za-z0-9]";
        const string Grammar =
            $@"^(?=.{{1,254}}\z)(?=[^@]{{1,64}}@){Atom}(?:\.{Atom})*@(?:[A-Za-z0-9](?:{Rest})?\.)+[A-Za-z]{Rest}\z";
        var length = Gen.Elements(0, 1, 2, 3, 61, 62, 63, 64, 65);
        var label =
            from count in length
            from letter in Gen.Elements("a", "Z", "7")
            from middle in Gen.Elements("", "", "-", "--", "_", "ä")
            select string.Concat(Enumerable.Repeat(letter, count / 2)) + middle + string.Concat(Enumerable.Repeat(letter, count - (count / 2)));
        var labels = label.ListOf().Select(all => string.Join('.', all));
        var texts =
            from local in labels
            from sign in Gen.Elements("@", "@", "@", "", "@@")
            from domain in labels
            select local + sign + domain;

        return Prop.ForAll(texts.ToArbitrary(), text => EmailText.IsAddress(text) == Regex.IsMatch(text, Grammar));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void However_it_is_written_it_is_one_address(string text) => Assert.Equal("kim@example.com", EmailText.Clean(text));

    [Theory]
    [MemberData(nameof(Written))]
    public void However_it_was_stored_an_erasure_finds_it(string text)
    {
        // Elsewhere it may be somebody who is only mentioned.
        var isMention = text.Contains("href", StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal);
        foreach (var lead in isMention ? [Stored("UserDetails", text)] : new[] { Stored("UserDetails", text), Stored("Contact", text) })
        {
            var erasing = new PersonalDataEraser("kim@example.com");

            Assert.True(erasing.Concerns(lead));
            var left = Encoding.UTF8.GetString(erasing.Without(lead).Utf8);
            Assert.DoesNotContain("555-0101", left, StringComparison.Ordinal);
            Assert.DoesNotContain("kim", left, StringComparison.OrdinalIgnoreCase);
        }

        Assert.True(new PersonalDataEraser(text).Concerns(Stored("UserDetails", "kim@example.com")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("kim")]
    [InlineData("kim at example dot com")]
    [InlineData("kim@example")]
    [InlineData("kim@@example.com")]
    [InlineData("\"kim lee\"@example.com")]
    [InlineData("éric@example.com")]
    [InlineData("kim@exämple.com")]
    [InlineData("kim..lee@example.com")]
    [InlineData("kim@example.com; lee@example.com")]
    [InlineData("some one@example.com")]
    [InlineData("some one @ example.com")]
    [InlineData("Dr. kim@example.com")]
    [InlineData("kim@example. com")]
    [InlineData("علی‌رضا@example.com")]
    public void What_is_no_single_address_stays_as_it_is(string text) => Assert.Equal(text, EmailText.Clean($" {text}\u00a0"));

    [Theory]
    [InlineData("o'neill@example.com")]
    [InlineData("'t.hooft@example.com")]
    [InlineData("kim+tag@example.com")]
    [InlineData("kim%2Blee@example.com")]
    [InlineData("_x@example.com")]
    [InlineData("a/b=c@example.com")]
    public void An_unusual_address_is_an_address(string text)
    {
        Assert.Equal(text, EmailText.Clean($"<{text}>").TrimStart('/'));
        Assert.Equal(text, EmailText.Clean(text));
    }

    [Theory]
    [InlineData("Ask kim@example.com first")]
    [InlineData("Ask\u200b kim@exa\u200bmple.com, or <lee@example.com>")]
    [InlineData("Ask kim%40example.com")]
    public void A_text_that_mentions_it_is_somebody_elses(string text)
    {
        var lead = new LeadContent(Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(new { Description = text, UserDetails = new { Email = "other@example.com" } })));
        var erasing = new PersonalDataEraser("kim@example.com");

        Assert.True(erasing.Concerns(lead));
        Assert.False(erasing.IsOf(lead));
        Assert.Equal("other@example.com", erasing.Without(lead).Text("UserDetails", "Email"));
        Assert.False(erasing.Concerns(erasing.Without(lead)));
    }

    [Theory]
    [InlineData("k\u200bim@example.com")]
    [InlineData("kim%40example.com")]
    [InlineData("\\u006bim@example.com\\u200b")]
    [InlineData("kim\\u0040\\u200bexample.com")]
    [InlineData("ｋｉｍ＠example.com")]
    public void A_refused_body_is_found_however_it_is_written(string text)
    {
        foreach (var encoding in new Encoding[] { new UTF8Encoding(false), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            var body = new RefusedBody(default, Sources.Marketplace, null, DateTimeOffset.UnixEpoch, 400, [], encoding.GetBytes($$"""{"a":"{{text}}"}"""));

            Assert.True(new PersonalDataEraser("kim@example.com").Concerns(body));
            Assert.False(new PersonalDataEraser("lee@example.com").Concerns(body));
        }
    }

    [Fact]
    public void Any_text_is_cleaned_once_and_for_all() => FreeText.Holds(text =>
    {
        var clean = EmailText.Clean(text);

        Assert.Equal(clean, EmailText.Clean(clean));
        Assert.True(text.Length < 3 || clean.Length <= text.Length);
    });

    [Fact]
    public void What_passes_for_plain_needs_no_cleaning()
    {
        var letters = Gen.Elements("kim", ".", "@", "+", "-", "_", "%", "example.com", "a", " ", "'", "<", "é").ListOf().Select(string.Concat);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(letters.ToArbitrary(), text => !EmailText.IsPlain(Encoding.UTF8.GetBytes(text)) || EmailText.Clean(text) == text));
    }

    [Theory]
    [InlineData("kim@example.com", 200_000)]
    [InlineData("a.", 100_000)]
    [InlineData("a@", 100_000)]
    [InlineData("\u200b", 100_000)]
    public void A_long_text_costs_little(string piece, int times)
    {
        var took = System.Diagnostics.Stopwatch.StartNew();

        EmailText.Clean(string.Concat(Enumerable.Repeat(piece, times)));

        Assert.InRange(took.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static LeadContent Stored(string name, string text) =>
        new(Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(name == "UserDetails"
            ? (object)new { OfferTitle = "Offer", UserDetails = new { Phone = "555-0101", Email = text } }
            : new { OfferTitle = "Offer", Contact = text, UserDetails = new { Phone = "555-0101" } })));
}
