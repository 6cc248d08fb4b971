using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>HubSpot's "Create or update a batch of contacts by unique property values" (CRM API v3), with e-mail addresses as keys.</summary>
internal sealed class FakeHubSpot : LoopbackServer
{
    private static readonly string[] Properties = ["email", "firstname", "lastname", "phone", "company", "jobtitle", "country"];

    private readonly ConcurrentDictionary<string, JsonObject> _contacts = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, JsonObject> Contacts => _contacts;

    public static async Task<FakeHubSpot> StartAsync()
    {
        var server = new FakeHubSpot();
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request)
    {
        if (request.BearerToken is not { } token || !token.StartsWith("pat-", StringComparison.Ordinal))
        {
            return Refuse(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.");
        }

        if (request is not { Method: "POST", Path: "/crm/v3/objects/contacts/batch/upsert" })
        {
            return Refuse(404, "OBJECT_NOT_FOUND", "resource not found");
        }

        if (request.MediaType("Content-Type") != "application/json")
        {
            return Refuse(415, "VALIDATION_ERROR", "Unsupported media type");
        }

        if (request.Json["inputs"] is not JsonArray { Count: >= 1 and <= 100 } inputs || inputs.Any(input => input?["id"] is not JsonValue || input["properties"] is not JsonObject))
        {
            return Refuse(400, "VALIDATION_ERROR", "Invalid input JSON: some required fields were not set: [id, properties]");
        }

        var results = new JsonArray();
        foreach (var input in inputs)
        {
            var (email, properties) = (input!["id"]!.GetValue<string>(), input["properties"]!.AsObject());
            if (input["idProperty"]?.GetValue<string>() != "email" || properties.FirstOrDefault(property => !Properties.Contains(property.Key)).Key is not null)
            {
                return Refuse(400, "VALIDATION_ERROR", "Property values were not valid: PROPERTY_DOESNT_EXIST");
            }

            if (!EmailAddress.IsValid(email))
            {
                return Reply.Json(207, new JsonObject { ["status"] = "COMPLETE", ["results"] = new JsonArray(), ["numErrors"] = 1, ["errors"] = new JsonArray(new JsonObject { ["category"] = "VALIDATION_ERROR", ["message"] = $"Property values were not valid: Email address {email} is invalid" }) });
            }

            var isNew = !_contacts.ContainsKey(email);
            var contact = _contacts.GetOrAdd(email, _ => new JsonObject { ["id"] = $"{_contacts.Count + 51}" });
            foreach (var (name, value) in properties)
            {
                contact[name] = value?.DeepClone();
            }

            results.Add(new JsonObject { ["id"] = contact["id"]!.DeepClone(), ["new"] = isNew, ["properties"] = properties.DeepClone() });
        }

        return Reply.Json(200, new JsonObject { ["status"] = "COMPLETE", ["results"] = results });
    }

    private static Reply Refuse(int status, string category, string message) =>
        Reply.Json(status, new JsonObject { ["status"] = "error", ["message"] = message, ["category"] = category, ["correlationId"] = Guid.Empty.ToString() });
}
