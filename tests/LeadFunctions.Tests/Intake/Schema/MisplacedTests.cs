using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Tests.Intake.Schema;

public sealed class MisplacedTests
{
    private static readonly SchemaOutline Outline = LeadSchema.Documented().Outline;

    [Theory]
    [InlineData("""{"Email":5}""", "/Email")]
    [InlineData("""{"UserDetails":[{"email":5},{"Phone":"x"}]}""", "/UserDetails /UserDetails/0/Email")]
    [InlineData("""{"UserDetails":{"UserDetails":[]}}""", "/UserDetails/UserDetails")]
    [InlineData("""{"userdetails":{"Email":5},"UserDetails":[]}""", "/UserDetails /UserDetails/Email")]
    [InlineData("""{"a/b":{"Email":5}}""", "/a~1b/Email")]
    public void Documented_names_with_a_wrong_kind_of_value_are_found_anywhere(string body, string paths) =>
        Assert.Equal(paths.Split(' '), Find(body).Paths());

    [Theory]
    [InlineData("""{"Email":null,"UserDetails":null}""")]
    [InlineData("""{"Email":" ","UserDetails":" ","more":{"UserDetails":"\u00a0"}}""")]
    [InlineData("""{"Age":5,"tags":[1,{"more":true}]}""")]
    [InlineData("""{"Email":"x","extra":{"Phone":"y"}}""")]
    public void Absent_right_and_unknown_values_are_not(string body) => Assert.Empty(Find(body));

    [Fact]
    public void A_message_says_what_is_wanted_and_what_came() =>
        Assert.Equal("must be a text, but is a number", Assert.Single(Find("""{"Email":5}""")).Message);

    [Fact]
    public void A_body_made_of_faults_does_not_become_a_mountain_of_pointers()
    {
        var body = $$"""{"{{new string('n', 100_000)}}":[{{string.Join(',', Enumerable.Repeat("""{"Email":5}""", 10_000))}}]}""";

        Assert.InRange(Find(body).Sum(violation => (long)violation.Path.Length), 1, 1_000_000);
    }

    private static IReadOnlyList<Violation> Find(string body) => Misplaced.Find(JsonElement.Parse(body), Outline);
}
