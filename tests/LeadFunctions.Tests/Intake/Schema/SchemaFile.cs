using System.Text;
using System.Text.Json;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake.Schema;

internal static class SchemaFile
{
    public static LeadSchema Load(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("schema.json"), json);
        return LeadSchema.FromFile(folder.File("schema.json"));
    }

    public static NormalisedLead Normalise(this LeadSchema schema, string body)
    {
        using var document = JsonDocument.Parse(BodyText.Utf8(Encoding.UTF8.GetBytes(body)));
        return LeadNormaliser.Normalise(document.RootElement, schema.Outline);
    }

    /// <summary>The violations of a body that is already in its normal form.</summary>
    public static IReadOnlyList<Violation> Violations(this LeadSchema schema, string body) => schema.Validate(schema.Normalise(body).Json);

    public static IEnumerable<string> Paths(this IEnumerable<Violation> violations) => violations.Select(violation => violation.Path).Order(StringComparer.Ordinal);
}
