using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class DescriptionTextTests
{
    [Theory]
    [InlineData("text", "facts\n", "text\n\nfacts")]
    [InlineData("text", "", "text")]
    [InlineData("", "facts\n", "facts")]
    [InlineData("", "", "")]
    public void Facts_stand_under_the_text(string text, string tail, string expected)
    {
        Assert.Equal(expected, DescriptionText.Compose(text, tail, 2000));
    }

    [Fact]
    public void A_long_text_yields_to_the_facts_and_says_so()
    {
        var whole = DescriptionText.Compose(new string('x', 5000), "Lead source: AzureMarketplace\n", 2000);

        Assert.Equal(2000, whole.Length);
        Assert.StartsWith("xxxx", whole, StringComparison.Ordinal);
        Assert.Contains("[cut here", whole, StringComparison.Ordinal);
        Assert.EndsWith("\n\nLead source: AzureMarketplace", whole, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_facts_leave_half_of_the_room_to_the_text()
    {
        var whole = DescriptionText.Compose(new string('x', 5000), new string('y', 5000), 2000);

        Assert.InRange(whole.Count(letter => letter == 'x'), 900, 1000);
        Assert.InRange(whole.Count(letter => letter == 'y'), 900, 1000);
    }

    [Fact]
    public void It_never_gets_longer_than_the_column_and_keeps_facts_that_fit_into_half_of_it()
    {
        var cases = from text in FreeText.Any
                    from tail in FreeText.Any
                    from most in Gen.OneOf(Gen.Choose(1, 300), Gen.Constant(2000))
                    select (text, tail, most);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), given =>
        {
            var whole = DescriptionText.Compose(given.text, given.tail, given.most);

            Assert.True(whole.Length <= given.most, $"{whole.Length} characters in a column of {given.most}");
            if (given.tail.TrimEnd().Length <= (given.most - 2) / 2)
            {
                Assert.EndsWith(given.tail.TrimEnd(), whole, StringComparison.Ordinal);
            }
        }));
    }
}
