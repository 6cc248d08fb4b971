using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Tests.Intake.Schema;

public sealed class LeadSchemaTests
{
    private static readonly LeadSchema Documented = LeadSchema.Documented();

    [Fact]
    public void Every_violation_is_named_with_its_pointer_in_the_documented_casing() =>
        Assert.Equal(
            ["/ActionCode", "/Description", "/UserDetails/Email", "/UserDetails/Title"],
            Documented.Violations("""{"actioncode":5,"description":{"a":1},"leadSource":"x","userdetails":{"email":true,"TITLE":[1]}}""").Paths());

    [Fact]
    public void A_message_says_what_is_wanted_and_what_came()
    {
        var violation = Assert.Single(Documented.Violations("""{"UserDetails":{"Email":5}}"""));

        Assert.Contains("must be a text, but is a number", violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"UserDetails":"x"}""", "an object, but is a text")]
    [InlineData("""{"UserDetails":["x"]}""", "an object, but is an array")]
    [InlineData("""{"UserDetails":true}""", "an object, but is true or false")]
    public void User_details_of_another_kind_are_one_violation(string body, string words)
    {
        var violation = Assert.Single(Documented.Violations(body));

        Assert.Equal("/UserDetails", violation.Path);
        Assert.Contains(words, violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(380)]
    [InlineData(381)]
    [InlineData(5000)]
    public void A_number_of_any_length_is_just_a_number(int digits) =>
        Assert.Equal(["/ActionCode"], Documented.Violations($$"""{"ActionCode":{{new string('9', digits)}},"extra":{{new string('8', digits)}}}""").Paths());

    [Fact]
    public void A_body_of_the_deepest_level_that_is_read_can_be_validated() =>
        Assert.Equal(["/ActionCode"], Documented.Violations($$"""{"ActionCode":5,"deep":{{new string('[', 63)}}{{new string(']', 63)}}}""").Paths());

    [Theory]
    [InlineData("""{"required":["Email","Phone"]}""", """{"email":" ","other":"x"}""", "/Email /Phone")]
    [InlineData("""{"properties":{"Kind":{"enum":["a","b"]}}}""", """{"kind":"c"}""", "/Kind")]
    [InlineData("""{"properties":{"Zip":{"type":"string","pattern":"^[0-9]+$"}}}""", """{"zip":"x1"}""", "/Zip")]
    [InlineData("""{"properties":{"Zip":{"type":"string","minLength":3},"Town":{"type":"string","maxLength":3}}}""", """{"zip":"1","town":"Paris"}""", "/Town /Zip")]
    [InlineData("""{"properties":{"Tags":{"type":"array","items":{"type":"string"}}}}""", """{"tags":["a",5,"b",true]}""", "/Tags/1 /Tags/3")]
    [InlineData("""{"properties":{"Rows":{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"}}}}}}""", """{"rows":[{"id":1},{"id":"x"}]}""", "/Rows/1/id")]
    [InlineData("""{"properties":{"a":{"type":"string"}},"additionalProperties":false}""", """{"a":"x","b":"y","c":"z"}""", "/b /c")]
    [InlineData("""{"properties":{"Age":{"type":"integer"},"Ok":{"type":"boolean"},"List":{"type":"array"}}}""", """{"age":"x","ok":"y","list":"z"}""", "/Age /List /Ok")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"a.b":5,"c/d":5,"e~f":5}""", "/a.b /c~1d /e~0f")]
    [InlineData("""{"properties":{"UserDetails":{"type":"object","properties":{"a.b":{"type":"string"}}}}}""", """{"UserDetails":{"a.b":5}}""", "/UserDetails/a.b")]
    public void A_schema_of_the_publishers_own_is_held_in_full(string schema, string body, string paths) =>
        Assert.Equal(paths.Split(' '), SchemaFile.Load(schema.Insert(1, "\"type\":\"object\",")).Violations(body).Paths());

    [Fact]
    public void A_schema_that_asks_for_no_object_finds_every_lead_invalid()
    {
        var schema = SchemaFile.Load("""{"type":"string"}""");

        Assert.False(schema.Normalise("""{"a":"b"}""").SurelyValid);
        Assert.NotEmpty(schema.Violations("""{"a":"b"}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    public void What_is_no_schema_can_not_be_loaded(string text) => Assert.ThrowsAny<Exception>(() => SchemaFile.Load(text));
}
