using System.Text.Json;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Tests.Intake.Schema;

public sealed class JsonPointerTests
{
    [Theory]
    [InlineData("", "/a")]
    [InlineData("/b", "/b/a")]
    public void A_name_is_appended(string parent, string expected) => Assert.Equal(expected, JsonPointer.Append(parent, "a"));

    [Fact]
    public void Slashes_and_tildes_are_escaped() => Assert.Equal("/a~1b~0c~01", JsonPointer.Append("", "a/b~c~1"));

    [Theory]
    [InlineData(null, "{}", "")]
    [InlineData("", "{}", "")]
    [InlineData("#/", "{}", "")]
    [InlineData("#/Email", """{"Email":5}""", "/Email")]
    [InlineData("#/UserDetails.Email", """{"UserDetails":{"Email":5}}""", "/UserDetails/Email")]
    [InlineData("#/UserDetails.Email", """{"UserDetails":{},"UserDetails.Email":5}""", "/UserDetails.Email")]
    [InlineData("#/rows[2].name", """{"rows":[1,2,{"name":5}]}""", "/rows/2/name")]
    [InlineData("#/rows[1][0]", """{"rows":[1,[5]]}""", "/rows/1/0")]
    [InlineData("#/rows[1]", """{"rows[1]":5}""", "/rows[1]")]
    [InlineData("#/a..b", """{"a":{".b":5}}""", "/a/.b")]
    [InlineData("#/absent.too", "{}", "/absent.too")]
    [InlineData("#/rows[7]", """{"rows":[1]}""", "/rows/[7]")]
    [InlineData("#/rows[-1]", """{"rows":[1]}""", "/rows/[-1]")]
    public void The_document_decides_how_a_path_is_divided(string? path, string document, string expected) =>
        Assert.Equal(expected, JsonPointer.FromNJsonSchema(path, JsonElement.Parse(document)));
}
