using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Schema;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Schema;

/// <summary>The short way to tell that a body is valid, held against NJsonSchema.</summary>
public sealed class SurelyValidTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void For_the_documented_schema_it_is_true_exactly_when_there_is_no_violation()
    {
        var schema = LeadSchema.Documented();

        Check.One(Many, Prop.ForAll(JsonBodies.Any, body =>
        {
            var normalised = schema.Normalise(body.ToString());
            return normalised.SurelyValid == (schema.Validate(normalised.Json.Span).Count == 0);
        }));
    }

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""{"type":"object","required":["Email"]}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"UserDetails":{"type":"object"}}}""")]
    [InlineData("""{"type":"object","properties":{"UserDetails":{"type":"object","properties":{"UserDetails":{"type":"object","properties":{"Email":{"type":"string"}}}}}}}""")]
    [InlineData("""{"type":"object","properties":{"Email":{"type":"string"},"email":{"type":"number"}}}""")]
    public void For_other_schemas_it_is_never_true_of_a_body_with_a_violation(string json)
    {
        var schema = SchemaFile.Load(json);

        Check.One(Many, Prop.ForAll(JsonBodies.Any, body =>
        {
            var normalised = schema.Normalise(body.ToString());
            return !normalised.SurelyValid || schema.Validate(normalised.Json.Span).Count == 0;
        }));
    }

    [Fact]
    public void Whatever_is_wrong_every_pointer_leads_somewhere()
    {
        var schema = LeadSchema.Documented();

        Check.One(Many, Prop.ForAll(JsonBodies.Any, body =>
            schema.Violations(body.ToString()).All(violation => violation.Path.StartsWith('/') && violation.Message.Length > 0)));
    }
}
