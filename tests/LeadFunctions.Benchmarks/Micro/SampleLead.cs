using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Benchmarks.Micro;

/// <summary>The bodies that the pure parts are measured with.</summary>
internal static class SampleLead
{
    public const string Documented = "samples/lead.json";
    public const string Long = "5,000 characters";

    private const string Sentence = "Please call back before the trial ends. ";

    public static byte[] Body(string name)
    {
        var documented = File.ReadAllText(Repository.File("samples", "lead.json"));
        return Encoding.UTF8.GetBytes(name == Documented ? documented : Lengthen(documented));
    }

    public static Lead Lead(string name)
    {
        using var document = JsonDocument.Parse(Body(name));
        var content = LeadNormaliser.Normalise(document.RootElement, LeadSchema.Documented().Outline).Json;
        return new Lead(LeadId.New(DateTimeOffset.UnixEpoch), Sources.Marketplace, null, DateTimeOffset.UnixEpoch, new LeadContent(content));
    }

    private static string Lengthen(string documented)
    {
        const string Before = "\"Description\": \"";
        var missing = 5000 - documented.Length;
        var more = string.Concat(Enumerable.Repeat(Sentence, (missing / Sentence.Length) + 1))[..missing];
        return documented.Replace(Before, Before + more, StringComparison.Ordinal);
    }
}
