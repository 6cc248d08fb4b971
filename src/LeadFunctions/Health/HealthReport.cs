using System.Text.Json.Serialization;

namespace LeadFunctions.Health;

/// <param name="OldestDueSeconds">How long the longest-waiting delivery could have been tried already; 0 when none is due.</param>
/// <param name="Unfinished">Deliveries that have not arrived yet, by destination.</param>
/// <param name="NotConfigured">Destinations that deliveries wait for, but that the configuration doesn't have (any more).</param>
internal sealed record HealthReport(
    string Status,
    StoreReport? Store = null,
    long? OldestDueSeconds = null,
    int? DeadLetters = null,
    IReadOnlyDictionary<string, int>? Unfinished = null,
    IReadOnlyList<string>? NotConfigured = null);

/// <summary>Without the reason, which names files: the endpoint is open to all, and the log has it.</summary>
internal sealed record StoreReport(bool Writable);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
