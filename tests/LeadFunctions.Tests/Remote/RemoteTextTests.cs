using System.Diagnostics;
using LeadFunctions.Remote;

namespace LeadFunctions.Tests.Remote;

public sealed class RemoteTextTests
{
    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>", "502 Bad Gateway nginx")]
    [InlineData("It answered 502: <html>\r\n<h1>Bad &amp; worse</h1>", "It answered 502: Bad & worse")]
    [InlineData("<html><script>var a = '<p>';</script><style>p{}</style><!-- <p>no</p> --><p>Later</p></html>", "Later")]
    [InlineData("<?xml version=\"1.0\"?><Error><Code>ServerBusy</Code><Message>Later.</Message></Error>", "ServerBusy Later.")]
    [InlineData("{\"message\":\"<b>No</b> such thing<br/>here\"}", "{\"message\":\"No such thing here\"}")]
    [InlineData("<html><p>cut off in a <a href=", "cut off in a")]
    [InlineData("<html><script>never ends", "")]
    [InlineData("a < b and c > d", "a < b and c > d")]
    [InlineData("No mail for Kim <kim@example.com>", "No mail for Kim <kim@example.com>")]
    [InlineData("A List<string> was expected", "A List<string> was expected")]
    public void Of_markup_the_words_are_kept(string text, string expected) => Assert.Equal(expected, RemoteText.Brief(text));

    [Fact]
    public void A_page_explains_itself_shortly() =>
        Assert.InRange(RemoteText.Brief($"<html>{string.Concat(Enumerable.Repeat("<p>word and word</p>\n", 3_000))}</html>").Length, 200, 302);

    [Theory]
    [InlineData('<')]
    [InlineData('>')]
    [InlineData('&')]
    [InlineData(' ')]
    public void A_hostile_page_costs_little(char letter)
    {
        var took = Stopwatch.StartNew();

        RemoteText.Brief("<html>" + new string(letter, 64 * 1024));
        RemoteText.Brief("<html>" + string.Concat(Enumerable.Repeat("<script>", 8 * 1024)));
        RemoteText.Brief("<html>" + string.Concat(Enumerable.Repeat("<!--", 16 * 1024)));

        Assert.True(took.Elapsed < TimeSpan.FromSeconds(2), $"It took {took.Elapsed}.");
    }
}
