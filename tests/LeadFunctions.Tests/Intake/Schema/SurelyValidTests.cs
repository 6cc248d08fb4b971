using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake.Schema;

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
            return normalised.SurelyValid == (schema.Validate(normalised.Json).Count == 0);
        }));
    }

    [Fact]
    public void For_appointments_it_is_true_exactly_when_there_is_no_violation_and_each_is_named_where_it_stands()
    {
        var schema = LeadSchema.Appointments();
        var names = Gen.Elements("Id", "Duration", "Customers", "StaffMembers", "CustomQuestionAnswers", "CustomerLocation", "TrackingData", "IsSMSNotificationsEnabled", "UserDetails", "x");
        var scalar = Gen.Elements("1", "true", "\"a\"", "[]", "{}", "[[]]", "\" \"", "null");
        var inner = Gen.Elements("Name", "Email", "Answers", "Location", "DisplayName", "Question", "z").Two().SelectMany(name => scalar.Two(), (name, value) => $$"""{"{{name.Item1}}":{{value.Item1}},"{{name.Item2}}":{{value.Item2}}}""");
        var items = Gen.OneOf(scalar, inner).ListOf(4).Select(list => $"[{string.Join(',', list)}]");
        var bodies = names.SelectMany(name => Gen.OneOf(scalar, inner, items), (name, value) => $"\"{name}\":{value}").ListOf(6).Select(properties => $"{{{string.Join(',', properties)}}}");

        Check.One(Many, Prop.ForAll(bodies.ToArbitrary(), body =>
        {
            var normalised = schema.Normalise(body);
            var violations = schema.Validate(normalised.Json);
            Assert.Equal(normalised.SurelyValid, violations.Count == 0);
            Assert.Equal(NJsonSchemas(normalised.Json), violations.Select(violation => violation.Path).Order(StringComparer.Ordinal));
        }));
    }

    /// <summary>Where the library finds faults in the whole body.</summary>
    private static IEnumerable<string> NJsonSchemas(byte[] json)
    {
        using var stream = typeof(LeadSchema).Assembly.GetManifestResourceStream("appointment.schema.json")!;
        using var reader = new StreamReader(stream);
        var schema = NJsonSchema.JsonSchema.FromJsonAsync(reader.ReadToEnd()).GetAwaiter().GetResult();
        var root = System.Text.Json.JsonElement.Parse(json);
        return schema.Validate(System.Text.Encoding.UTF8.GetString(json)).SelectMany(error => SchemaViolations.From(error, root)).Select(violation => violation.Path).Order(StringComparer.Ordinal);
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
            return !normalised.SurelyValid || schema.Validate(normalised.Json).Count == 0;
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
