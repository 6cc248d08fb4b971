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
        Assert.Null(Content.Text("UserDetails", "Email", "Host"));
        Assert.Null(Content.Text("Tags", "0"));
    }

    [Fact]
    public void Names_are_taken_as_they_are_written() => Assert.Null(Content.Text("userdetails", "email"));
}
