using System.Text.Json;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Tests.Intake.Schema;

public sealed class SchemaOutlineTests
{
    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""")]
    [InlineData("""{"$schema":"x","id":"x","title":"x","description":"x","definitions":{},"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string","default":"x"}}}}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"number"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","properties":{"b":{"type":"string"}}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"properties":{"b":{"type":"boolean"}}}}}}""")]
    public void A_schema_of_kinds_alone_is_plain(string json) => Assert.True(Read(json).IsPlain);

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"required":["b"],"properties":{"b":{}}}}}}""")]
    [InlineData("""{"type":"object","required":["a"]}""")]
    [InlineData("""{"type":"object","additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":true}}""")]
    [InlineData("""{"type":"object","properties":[]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"enum":["x"]}}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"A":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/definitions/a"}}}""")]
    public void Any_other_rule_makes_it_not_plain(string json) => Assert.False(Read(json).IsPlain);

    [Fact]
    public void Names_are_found_without_regard_to_case_and_keep_the_schemas_order()
    {
        var outline = Read("""{"type":"object","properties":{"Zeta":{"type":"string"},"Alpha":{"type":"object"}}}""");

        Assert.Equal(["Zeta", "Alpha"], outline.Properties.Select(property => property.Name));
        Assert.Equal(1, outline.Find("ALPHA")!.Index);
        Assert.True(outline.Find("alpha")!.IsObject);
        Assert.False(outline.Find("zeta")!.IsObject);
        Assert.Null(outline.Find("beta"));
    }

    [Fact]
    public void The_built_in_schema_is_the_documented_one()
    {
        var documented = LeadSchema.Documented().Outline;

        Assert.True(documented.IsPlain);
        Assert.Equal(["ActionCode", "OfferTitle", "LeadSource", "Description", "UserDetails"], documented.Properties.Select(property => property.Name));
        Assert.Equal(
            ["Company", "Country", "Email", "FirstName", "LastName", "Phone", "Title"],
            documented.Find("UserDetails")!.Properties.Select(property => property.Name));
        Assert.Equal("UserDetails", Assert.Single(documented.Properties, property => property.IsObject).Name);
    }

    private static SchemaOutline Read(string json) => SchemaOutline.Read(JsonElement.Parse(json));
}
