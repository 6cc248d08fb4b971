using System.Text.Json;
using LeadFunctions.Leads;
using NJsonSchema;
using NJsonSchema.Validation;

namespace LeadFunctions.Intake.Schema;

/// <summary>Says in plain words what NJsonSchema found.</summary>
internal static class SchemaViolations
{
    public static IEnumerable<Violation> From(ValidationError error, JsonElement document)
    {
        var path = JsonPointer.FromNJsonSchema(error.Path, document);
        if (error is ChildSchemaValidationError
            {
                Kind: ValidationErrorKind.ArrayItemNotValid or ValidationErrorKind.AdditionalPropertiesNotValid
            } child)
        {
            return child.Errors.Values.SelectMany(errors => errors).SelectMany(inner => From(inner, document));
        }

        return [new Violation(path, Explain(error, Find(document, path)))];
    }

    /// <summary>What a value is, in JSON's words.</summary>
    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };

    private static string Names(JsonObjectType types) =>
        string.Join(
            " or ",
            Enum.GetValues<JsonObjectType>()
                .Where(type => type != JsonObjectType.None && types.HasFlag(type))
                .Select(type =>
                    type switch
                    {
                        JsonObjectType.Object => "an object",
                        JsonObjectType.Array => "an array",
                        JsonObjectType.String => "a text",
                        JsonObjectType.Number or JsonObjectType.Integer => "a number",
                        JsonObjectType.Boolean => "true or false",
                        _ => "null",
                    })
                .Distinct());

    private static string Explain(ValidationError error, JsonValueKind found) =>
        error.Kind switch
        {
            ValidationErrorKind.StringExpected => $"must be a text, but is {Name(found)}; put the value in double quotes",
            ValidationErrorKind.ObjectExpected => $"must be an object, but is {Name(found)}; send {{\"name\": \"value\"}} pairs in braces",
            ValidationErrorKind.ArrayExpected => $"must be an array, but is {Name(found)}",
            ValidationErrorKind.NumberExpected or ValidationErrorKind.IntegerExpected => $"must be a number, but is {Name(found)}",
            ValidationErrorKind.BooleanExpected => $"must be true or false, but is {Name(found)}",
            ValidationErrorKind.NoTypeValidates => $"must be {Names(error.Schema.Type)}, but is {Name(found)}",
            ValidationErrorKind.PropertyRequired => "is required, but absent or blank",
            ValidationErrorKind.NotInEnumeration => "is not one of the values that the schema allows",
            ValidationErrorKind.NoAdditionalPropertiesAllowed => "is not a property of the schema; remove it",
            ValidationErrorKind.StringTooShort => $"is shorter than the {error.Schema.MinLength} characters that the schema asks for",
            ValidationErrorKind.StringTooLong => $"is longer than the {error.Schema.MaxLength} characters that the schema allows",
            ValidationErrorKind.PatternMismatch => $"does not match the schema's pattern {error.Schema.Pattern}",
            _ => $"breaks the schema's rule: {error.Kind}",
        };

    private static JsonValueKind Find(JsonElement document, string pointer)
    {
        var steps = pointer
            .Split('/')
            .Skip(1)
            .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        foreach (var step in steps)
        {
            var found = document.ValueKind switch
            {
                JsonValueKind.Object => document.TryGetProperty(step, out document),
                JsonValueKind.Array => int.TryParse(step, out var index) && index < document.GetArrayLength() && Move(ref document, index),
                _ => false,
            };
            if (!found)
            {
                return JsonValueKind.Undefined;
            }
        }

        return document.ValueKind;
    }

    private static bool Move(ref JsonElement element, int index)
    {
        element = element[index];
        return true;
    }
}
