using System.Security.Cryptography;
using System.Text.Json;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Hashes that tell whether an appointment changed in Graph. The order of its properties makes no difference, nor does a property that is
/// null and then absent.
/// </summary>
internal static class SyncHash
{
    private static readonly SchemaOutline NoNames = SchemaOutline.Read(JsonElement.Parse("{}"));

    // A change of these doesn't concern the customer: Graph sets the time for other reasons too, and the count and the list change with the
    // other customers.
    private static readonly string[] NotTheCustomers = ["lastUpdatedDateTime", "filledAttendeesCount", "customers"];

    /// <summary>Hash of all that the list shows of an appointment. When it changes, the appointment is read by its id.</summary>
    public static string OfListed(JsonElement appointment) => Hash(appointment, _ => true);

    /// <summary>Hash of what concerns one customer: the <see cref="SyncedCustomer.ContentHash"/>.</summary>
    /// <param name="customer">The customer's entry in the list; undefined when the appointment has no list.</param>
    public static string OfCustomer(JsonElement appointment, JsonElement customer)
    {
        var shared = Hash(appointment, name => !NotTheCustomers.Contains(name));
        return customer.ValueKind == JsonValueKind.Object ? $"{shared}.{Hash(customer, _ => true)}" : shared;
    }

    private static string Hash(JsonElement given, Func<string, bool> counts)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in given.EnumerateObject().Where(property => !property.Name.StartsWith('@') && counts(property.Name)))
        {
            properties[property.Name] = property.Value;
        }

        var plain = JsonSerializer.SerializeToElement(properties, SyncJson.Default.DictionaryStringJsonElement);
        return Convert.ToHexStringLower(SHA256.HashData(LeadNormaliser.Normalise(plain, NoNames, clean: false).Json).AsSpan(0, 16));
    }
}
