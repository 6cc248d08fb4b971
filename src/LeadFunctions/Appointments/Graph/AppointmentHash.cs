using System.Security.Cryptography;
using System.Text.Json;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Tells whether an appointment in Graph changed. The order of properties doesn't matter, and neither does an absent one that was null.</summary>
internal static class AppointmentHash
{
    private static readonly SchemaOutline NoNames = SchemaOutline.Read(JsonElement.Parse("{}"));

    // Changes of these are none of the customer's appointment: Graph sets the time for other reasons too, and the count is about the others.
    private static readonly string[] NotTheCustomers = ["lastUpdatedDateTime", "filledAttendeesCount", "customers"];

    /// <summary>Of all that a list shows: when it changes, the appointment is worth a closer look.</summary>
    public static string OfListed(JsonElement appointment) => Hash(appointment, _ => true);

    /// <summary>Of what is a customer's concern.</summary>
    /// <param name="customer">Of a group; undefined for the customer of an appointment of one.</param>
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

        var plain = JsonSerializer.SerializeToElement(properties, SeenJson.Default.DictionaryStringJsonElement);
        return Convert.ToHexStringLower(SHA256.HashData(LeadNormaliser.Normalise(plain, NoNames, clean: false).Json).AsSpan(0, 16));
    }
}
