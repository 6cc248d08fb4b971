using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Violation>))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(StoredSubject))]
internal sealed partial class StoreJson : JsonSerializerContext;
