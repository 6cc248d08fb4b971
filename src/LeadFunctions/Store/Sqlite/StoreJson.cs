using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Violation>))]
internal sealed partial class StoreJson : JsonSerializerContext;
