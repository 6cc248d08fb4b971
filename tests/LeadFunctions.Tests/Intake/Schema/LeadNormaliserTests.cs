using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake.Schema;

public sealed class LeadNormaliserTests
{
    private static readonly LeadSchema Schema = LeadSchema.Documented();

    [Theory]
    [InlineData("""{"userDetails":{"EMAIL":"a","firstname":"b"},"leadsource":"c"}""", """{"LeadSource":"c","UserDetails":{"Email":"a","FirstName":"b"}}""")]
    [InlineData("""{"Description":"d","ActionCode":"a"}""", """{"ActionCode":"a","Description":"d"}""")]
    public void Documented_names_get_their_documented_casing_and_order(string body, string expected) => Assert.Equal(expected, Json(body));

    [Theory]
    [InlineData("""{"ActionCode":null,"OfferTitle":" \t\n","LeadSource":"x","UserDetails":{"Email":"","Phone":null}}""", """{"LeadSource":"x"}""")]
    [InlineData("""{"ActionCode":"x","extra":null,"more":{"deep":{"er":" "}}}""", """{"ActionCode":"x"}""")]
    public void Null_and_blank_are_absent(string body, string expected) => Assert.Equal(expected, Json(body));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"UserDetails":{"Email":" "},"extra":null}""")]
    public void A_body_that_says_nothing_is_empty(string body) => Assert.True(Schema.Normalise(body).IsEmpty);

    [Fact]
    public void Unknown_properties_are_kept_as_they_came_after_the_documented_ones() =>
        Assert.Equal(
            """{"ActionCode":"x","UserDetails":{"Email":"e","Age":[1,true,{"a":1.50,"b":null}]},"ProductId":"p","zeta":{"a":1,"b":{"c":1e3}}}""",
            Json("""{"zeta":{"b":{"c":1e3},"a":1},"ProductId":"p","ActionCode":"x","UserDetails":{"Age":[1,true,{"b":null,"a":1.50}],"Email":"e"}}"""));

    [Fact]
    public void Within_the_space_around_it_a_text_is_kept_to_the_letter() =>
        Assert.Equal(
            "<b>&\"é\"  日本\n😀",
            JsonElement.Parse(Json("""{"Description":" \u003cb>&\"\u00e9\"  日本\n\ud83d\ude00 "}""")).GetProperty("Description").GetString());

    [Theory]
    [InlineData("""{"Description":" \u00a0x\ufeff\u200b\u2003","extra":[" y\t",{"z":"\u2067z\u2069"}]}""", """{"Description":"x","extra":["y",{"z":"z"}]}""")]
    [InlineData("""{"UserDetails":{"Country":"US\u00a0","Phone":"\u202a+1 555\u202c","Company":"\u200b"}}""", """{"UserDetails":{"Country":"US","Phone":"+1 555"}}""")]
    [InlineData("""{"UserDetails":{"Email":" Kim@Example.com "}}""", """{"UserDetails":{"Email":"Kim@Example.com"}}""")]
    [InlineData("""{"UserDetails":{"Email":"mailto:kim@example.com"}}""", """{"UserDetails":{"Email":"kim@example.com"}}""")]
    [InlineData("""{"UserDetails":{"Email":"Kim Lee <kim@example.com>","LastName":"Lee","FirstName":"Kim"}}""", """{"UserDetails":{"Email":"kim@example.com","FirstName":"Kim","LastName":"Lee"}}""")]
    [InlineData("""{"UserDetails":{"Email":"Kim Lee <kim@example.com>"}}""", """{"UserDetails":{"Email":"kim@example.com","Email (as it came)":"Kim Lee <kim@example.com>"}}""")]
    [InlineData("""{"UserDetails":{"Email":"mailto:kim@example.com?subject=Hi"}}""", """{"UserDetails":{"Email":"kim@example.com","Email (as it came)":"mailto:kim@example.com?subject=Hi"}}""")]
    [InlineData("""{"Email":"Kim Lee <kim@example.com>"}""", """{"Email":"Kim Lee <kim@example.com>"}""")]
    public void Values_are_cleaned_once_and_what_an_address_field_says_besides_stays(string body, string expected) => Assert.Equal(expected, Json(body));

    [Theory]
    [InlineData("""{"UserDetails.Email":"a","USERDETAILS.firstname":"b","OfferTitle":"c"}""", """{"OfferTitle":"c","UserDetails":{"Email":"a","FirstName":"b"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"UserDetails.Phone":"b","UserDetails.Fax":"c"}""", """{"UserDetails":{"Email":"a","Phone":"b","Fax":"c"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"UserDetails.Email":"b"}""", """{"UserDetails":{"Email":"b","Email (repeated)":"a"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"UserDetails.Email":"a"}""", """{"UserDetails":{"Email":"a"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"UserDetails.Email":null}""", """{"UserDetails":{"Email":"a"}}""")]
    [InlineData("""{"User\u0044etails\u002eEmail":"a"}""", """{"UserDetails":{"Email":"a"}}""")]
    [InlineData("""{"a.b":"c","OfferTitle.x":"d","UserDetails.":"e",".Email":"f"}""", """{".Email":"f","OfferTitle.x":"d","UserDetails.":"e","a.b":"c"}""")]
    public void A_dotted_name_of_a_documented_object_is_its_property(string body, string expected) => Assert.Equal(expected, Json(body));

    [Fact]
    public void A_dotted_name_at_the_deepest_level_stays_a_name()
    {
        var deep = $"{new string('[', 63)}1{new string(']', 63)}";

        Assert.Equal($$"""{"UserDetails.x":{{deep}}}""", Json($$"""{"UserDetails.x":{{deep}}}"""));
    }

    [Theory]
    [InlineData("""{"ActionCode":"a","actioncode":"b"}""", """{"ActionCode":"b","ActionCode (repeated)":"a"}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"userDetails":{"Phone":"b"}}""", """{"UserDetails":{"Email":"a","Phone":"b"}}""")]
    [InlineData("""{"UserDetails":{"Email":"a"},"userDetails":{"email":"b"}}""", """{"UserDetails":{"Email":"b","Email (repeated)":"a"}}""")]
    [InlineData("""{"ActionCode":"a","actioncode":null}""", """{"ActionCode":"a"}""")]
    [InlineData("""{"UserDetails":"x","userDetails":{"email":"b"}}""", """{"UserDetails":{"Email":"b"},"UserDetails (repeated)":"x"}""")]
    [InlineData("""{"UserDetails":{"email":"b"},"userDetails":"x"}""", """{"UserDetails":"x","UserDetails (repeated)":{"email":"b"}}""")]
    public void What_is_given_twice_is_kept_twice_and_the_last_counts(string body, string expected) => Assert.Equal(expected, Json(body));

    [Theory]
    [InlineData("""{"UserDetails":[],"userDetails":{"Email":5}}""")]
    [InlineData("""{"UserDetails":{"Email":5}}""")]
    [InlineData("""{"UserDetails":"x"}""")]
    [InlineData("""{"Description":["x"]}""")]
    public void A_value_of_another_kind_is_never_surely_valid(string body) => Assert.False(Schema.Normalise(body).SurelyValid);

    [Fact]
    public void Without_unknown_properties_the_identity_is_the_body_itself()
    {
        var normalised = Schema.Normalise(Samples.Documented);

        Assert.Equal(normalised.Json, normalised.DeduplicationText);
    }

    [Fact]
    public void Different_leads_have_different_identities() =>
        Assert.NotEqual(Folded("""{"Description":"a"}"""), Folded("""{"Description":"A"}"""));

    [Fact]
    public void Names_that_differ_by_case_alone_have_one_identity_in_any_order() =>
        Assert.Equal(Folded("""{"x":1,"X":2}"""), Folded("""{"X":2,"x":1}"""));

    [Fact]
    public void A_normalised_body_is_its_own_normal_form() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(JsonBodies.Any, body =>
        {
            var once = Json(body.ToString());
            Assert.Equal(once, Json(once));
        }));

    [Fact]
    public void Order_white_space_and_the_casing_of_names_do_not_change_the_identity() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(JsonBodies.Distinct, ArbMap.Default.ArbFor<int>(), (body, seed) =>
            Assert.Equal(Folded(body.ToString()), Folded(body.Rewritten(seed)))));

    private static string Json(string body) => Encoding.UTF8.GetString(Schema.Normalise(body).Json);

    private static string Folded(string body) => Encoding.UTF8.GetString(Schema.Normalise(body).DeduplicationText);
}
