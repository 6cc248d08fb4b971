using System.Runtime.CompilerServices;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Intake;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Benchmarks.Micro;

/// <summary>What a post costs before it is stored.</summary>
[MemoryDiagnoser]
public class IntakeBenchmarks
{
    private readonly LeadSchema _schema = LeadSchema.Documented();
    private byte[] _body = [];
    private NormalisedLead _normalised;

    [Params(SampleLead.Documented, SampleLead.Long)]
    public string Lead { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _body = SampleLead.Body(Lead);
        using var document = JsonDocument.Parse(_body);
        _normalised = LeadNormaliser.Normalise(document.RootElement, _schema.Outline);
    }

    /// <summary>With the answer whether the lead is surely valid: for the documented schema that falls out of it.</summary>
    [Benchmark(Description = "parse, normalise, surely valid?")]
    public bool Normalise()
    {
        using var document = JsonDocument.Parse(BodyText.Utf8(_body));
        return LeadNormaliser.Normalise(document.RootElement, _schema.Outline).SurelyValid;
    }

    [Benchmark(Description = "validate with NJsonSchema")]
    public int Validate() => _schema.Validate(_normalised.Json).Count;

    [Benchmark(Description = "deduplication key")]
    public int DeduplicationKey() => DeduplicationKeyOf(null, "marketplace", null, _normalised.DeduplicationText).Length;

    // The production code's own, which nobody but intake needs to see.
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "DeduplicationKey")]
    private static extern byte[] DeduplicationKeyOf(LeadInbox? inbox, string source, string? eventName, byte[] deduplicationText);
}
