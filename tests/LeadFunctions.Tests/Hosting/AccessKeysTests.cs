using LeadFunctions.Hosting;
using LeadFunctions.Tests.Settings;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Hosting;

public sealed class AccessKeysTests
{
    private const string First = "first-key-of-sixteen-letters";
    private const string Second = "second-key-of-sixteen-letters";

    private static readonly AccessKeys Keys = new([new AccessKey("anna", First), new AccessKey("1", Second)]);

    [Theory]
    [InlineData("?code=" + First, null, "anna")]
    [InlineData("?code=" + Second, null, "1")]
    [InlineData("", Second, "1")]
    [InlineData("?CODE=" + First, null, "anna")]
    [InlineData("?code=wrong", Second, "1")]
    [InlineData("", null, null)]
    [InlineData("?code=", "", null)]
    [InlineData("?code=wrong", "wrong", null)]
    [InlineData("?code=" + First + "x", null, null)]
    [InlineData("?code=FIRST-KEY-OF-SIXTEEN-LETTERS", null, null)]
    [InlineData("?code=" + First + "&code=" + First, null, null)]
    [InlineData("?code=%ff%fe", null, null)]
    public void A_request_is_let_in_by_query_or_header_alone(string query, string? header, string? found)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        context.Request.Headers["x-functions-key"] = header;

        Assert.Equal(found, Keys.Find(context.Request));
    }

    [Fact]
    public void Without_keys_nobody_is_found()
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?code=" + First);
        var none = new AccessKeys([]);

        Assert.True(none.IsEmpty);
        Assert.Null(none.Find(context.Request));
    }

    [Fact]
    public void A_short_key_is_a_fault_that_does_not_show_it()
    {
        var settings = Given.Settings(("Intake:Keys", First + ",short-key"));

        Assert.Equal([new AccessKey("0", First), new AccessKey("1", "short-key")], AccessKeys.Read(settings, "Intake:Keys"));
        var fault = Assert.Single(settings.Faults);
        Assert.Equal("Intake:Keys", fault.Key);
        Assert.DoesNotContain("short-key", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_has_the_name_that_it_was_given_and_never_shows_itself()
    {
        var settings = Given.Settings(("Runs:Keys:anna", First), ("Runs:Keys:bert", Second));

        var keys = AccessKeys.Read(settings, "Runs:Keys");

        Assert.Equal([new AccessKey("anna", First), new AccessKey("bert", Second)], keys);
        Assert.Equal("anna bert", string.Join(' ', keys));
    }

    [Fact]
    public void A_key_of_exactly_the_least_length_is_long_enough()
    {
        var settings = Given.Settings(("Intake:Keys", new string('k', AccessKeys.LeastLength)));

        Assert.Single(AccessKeys.Read(settings, "Intake:Keys"));
        Assert.Empty(settings.Faults);
    }
}
