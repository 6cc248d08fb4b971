using LeadFunctions.Runs.Pages;

namespace LeadFunctions.Tests.Runs.Pages;

public sealed class HtmlTests
{
    [Fact]
    public void Values_are_encoded_and_pieces_are_not_encoded_twice()
    {
        const string Hostile = "<b title=\"x\" id='y'>&";

        var inner = Html.Create($"<i>{Hostile}</i>");

        Assert.Equal("<p title=\"&lt;b title=&quot;x&quot; id=&#x27;y&#x27;&gt;&amp;\"><i>&lt;b title=&quot;x&quot; "
            + "id=&#x27;y&#x27;&gt;&amp;</i>7</p>", Html.Create($"<p title=\"{Hostile}\">{inner}{7}</p>").ToString());
        Assert.Equal("<i>a</i><i>b</i>", Html.Create($"{new[] { "a", "b" }.Select(text => Html.Create($"<i>{text}</i>"))}").ToString());
    }

    [Fact]
    public void An_attribute_without_quotes_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Html.Create($"<p title={"x onclick=y"}>"));

    [Theory]
    [InlineData("Zoë 李 يوسف\ttab\nline", "Zoë 李 يوسف\ttab\nline")]
    [InlineData("a\u202Eb\u2066c\u200Bd\0", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+0000⟩")]
    [InlineData("क्\u200Dष", "क्\u200Dष")]
    public void What_a_text_hides_is_shown_by_its_number(string text, string expected) => Assert.Equal(expected, VisibleText.Escape(text));

    [Theory]
    [InlineData("{\"a\":[1,\"ü\"]}", "{\n  \"a\": [\n    1,\n    \"ü\"\n  ]\n}")]
    [InlineData("POST https://x/\n\n{\"a\":1}", "POST https://x/\n\n{\n  \"a\": 1\n}")]
    [InlineData("Subject: x\n\nno {JSON", "Subject: x\n\nno {JSON")]
    public void Requests_are_laid_out_for_reading(string request, string expected) =>
        Assert.Equal(expected, IndentedJson.Format(request).ReplaceLineEndings("\n"));
}
