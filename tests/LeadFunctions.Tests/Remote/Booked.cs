using System.Globalization;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>Appointments as Graph's documentation shows them (bookingAppointment, bookingCustomerInformation).</summary>
internal static class Booked
{
    public static JsonObject Appointment(string id, DateTimeOffset start, DateTimeOffset updated, int most = 1, params IReadOnlyList<JsonObject> customers) => new()
    {
        ["@odata.type"] = "#microsoft.graph.bookingAppointment",
        ["id"] = id,
        ["selfServiceAppointmentId"] = "00000000-0000-0000-0000-000000000000",
        ["isLocationOnline"] = true,
        ["joinWebUrl"] = "https://teams.example/l/meetup-join/1",
        ["anonymousJoinWebUrl"] = null,
        ["customerTimeZone"] = "America/Chicago",
        ["smsNotificationsEnabled"] = true,
        ["serviceId"] = "57da6774-a087-4d69-b0e6-6fb82c339976",
        ["serviceName"] = "Initial consultation",
        ["serviceNotes"] = null,
        ["duration"] = "PT30M",
        ["preBuffer"] = "PT5M",
        ["priceType"] = "fixedPrice",
        ["price"] = 10.0,
        ["optOutOfCustomerEmail"] = false,
        ["staffMemberIds"] = new JsonArray(),
        ["startDateTime"] = At(start),
        ["endDateTime"] = At(start + TimeSpan.FromMinutes(30)),
        ["serviceLocation"] = new JsonObject { ["displayName"] = "Online", ["locationEmailAddress"] = null, ["address"] = new JsonObject { ["street"] = "" } },
        ["reminders"] = new JsonArray(),
        ["maximumAttendeesCount"] = most,
        ["filledAttendeesCount"] = customers.Count,
        ["customers"] = new JsonArray([.. customers]),
        ["createdDateTime"] = Iso(updated),
        ["lastUpdatedDateTime"] = Iso(updated),
    };

    public static JsonObject Customer(string id, string name = "Adele Vance", string? notes = null) => new()
    {
        ["@odata.type"] = "#microsoft.graph.bookingCustomerInformation",
        ["customerId"] = id,
        ["name"] = name,
        ["emailAddress"] = $"{id}@proseware.example",
        ["phone"] = "213-555-0156",
        ["notes"] = notes,
        ["smsNotificationsEnabled"] = true,
        ["location"] = new JsonObject { ["displayName"] = "Customer", ["address"] = new JsonObject { ["street"] = "", ["countryOrRegion"] = "" }, ["coordinates"] = null },
        ["timeZone"] = "America/Chicago",
        ["customQuestionAnswers"] = new JsonArray(),
    };

    public static JsonObject At(DateTimeOffset time) => new() { ["dateTime"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture), ["timeZone"] = "UTC" };

    /// <summary>Changes an appointment as Bookings does: the time of the change is noted.</summary>
    public static JsonObject With(this JsonObject appointment, DateTimeOffset updated, string name, JsonNode? value)
    {
        var changed = appointment.DeepClone().AsObject();
        changed[name] = value;
        changed["lastUpdatedDateTime"] = Iso(updated);
        return changed;
    }

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
