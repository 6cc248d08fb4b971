using LeadFunctions.Settings;

namespace LeadFunctions.Tests.Settings;

public sealed class SettingsListTests
{
    [Fact]
    public void Numbered_keys_are_a_list_in_the_order_of_their_numbers() =>
        Assert.Equal(
            ["zero", "one", "two", "ten"],
            List([("a:10", "ten"), ("a:0", "zero"), ("a:2", "two"), ("a:1", " one "), ("a:3", " ")]));

    [Theory]
    [InlineData("x,y", "x y")]
    [InlineData(" x ; y ,, ", "x y")]
    [InlineData("x", "x")]
    public void One_value_divided_by_commas_or_semicolons_is_a_list(string value, string items) =>
        Assert.Equal(items.Split(' '), List([("a", value)]));

    [Fact]
    public void A_later_list_replaces_an_earlier_one_and_does_not_merge_with_it()
    {
        (string, string?)[] file = [("a:0", "x"), ("a:1", "y"), ("a:2", "z")];

        Assert.Equal(["only"], List(file, [("a:0", "only")]));
        Assert.Equal(["only"], List(file, [("a", "only")]));
        Assert.Equal(["p", "q"], List([("a", "x,y,z")], [("a:0", "p"), ("a:1", "q")]));
    }

    [Fact]
    public void A_later_provider_without_the_list_leaves_it_alone()
    {
        Assert.Equal(["x", "y"], List([("a:0", "x"), ("a:1", "y")], [("b", "other")]));
        Assert.Equal(["x", "y"], List([("a:0", "x"), ("a:1", "y")], [("a", "")]));
    }

    [Fact]
    public void No_list_at_all_is_null() => Assert.Null(List([("b", "x")]));

    private static IReadOnlyList<string>? List(params (string Key, string? Value)[][] providers) =>
        new SettingsReader(Given.Configuration(providers)).List("a");
}
