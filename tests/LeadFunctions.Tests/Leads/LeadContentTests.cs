using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Leads;

public sealed class LeadContentTests
{
    private static readonly LeadContent Content = TestLead.Content("""{"UserDetails":{"Email":"a@contoso.com","Age":5},"Tags":["x"]}""");

    [Fact]
    public void A_text_is_found_by_its_path() => Assert.Equal("a@contoso.com", Content.Text("UserDetails", "Email"));

    [Fact]
    public void What_is_absent_or_no_text_is_null()
    {
        Assert.Null(Content.Text("UserDetails", "Phone"));
        Assert.Null(Content.Text("UserDetails", "Age"));
        Assert.Null(Content.Text("UserDetails"));
        Assert.Null(Content.Text("Email", "Host"));
        Assert.Null(Content.Text("Tags", "0"));
    }

    [Fact]
    public void A_large_content_says_the_same_however_often_it_is_asked()
    {
        var large = TestLead.Content($$"""{"UserDetails":{"Email":"a@contoso.com"},"Email":"b@contoso.com","Description":"{{new string('d', 20_000)}}"}""");

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(("a@contoso.com", "b@contoso.com"), (large.Text("UserDetails", "Email"), large.Text("Email")));
            Assert.Null(large.Text("UserDetails", "Phone"));
            Assert.Null(large.Text("UserDetails"));
        }
    }

    [Fact]
    public void Names_are_taken_as_they_are_written() => Assert.Null(Content.Text("userdetails", "email"));
}
