using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Intake.Appointments;

/// <summary>
/// Divides an appointment among its customers. A customer of a group gets the shape of an appointment of one: their fields under the
/// <c>Customer…</c> names, and nothing about the others.
/// </summary>
internal static class AppointmentCustomers
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What a customer of a group is called there, and what at the top of an appointment of one.
    private static readonly (string InGroup, string Alone)[] Names =
    [
        ("Id", "CustomerId"), ("Name", "CustomerName"), ("Email", "CustomerEmail"), ("Phone", "CustomerPhone"), ("Notes", "CustomerNotes"),
        ("TimeZone", "CustomerTimeZone"), ("Location", "CustomerLocation"), ("Answers", "CustomQuestionAnswers"),
    ];

    // Businesses ask for these by questions of their own, because Bookings has no field for them.
    private static readonly (string Question, string Detail)[] Asked =
    [
        ("company", "Company"), ("company name", "Company"), ("organization", "Company"), ("organisation", "Company"),
        ("job title", "Title"), ("title", "Title"), ("country", "Country"), ("phone", "Phone"), ("phone number", "Phone"),
    ];

    /// <param name="normalised">The payload with its documented names in the documented casing.</param>
    public static IReadOnlyList<AppointmentCustomer> Of(ReadOnlySpan<byte> normalised)
    {
        var appointment = (JsonObject)Node(JsonElement.Parse(normalised))!;
        var customers = Together((appointment["Customers"] as JsonArray ?? []).OfType<JsonObject>().Where(customer => customer.Count > 0));
        appointment.Remove("Customers");
        if (customers.Count == 0)
        {
            return [One(CustomerKey.OfTheOnlyOne, appointment)];
        }

        if (customers.Count > 1)
        {
            // Whoever is named at the top is one of them: the others must not get their address.
            foreach (var (_, alone) in Names)
            {
                appointment.Remove(alone);
            }
        }

        if (customers.Count == 1 && Text(appointment, "MaxAttendeesCount") == "1")
        {
            return [One(CustomerKey.OfTheOnlyOne, Own(appointment, customers[0].Customer), customers[0].Place)];
        }

        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. customers.Select(one =>
            One(CustomerKey.InGroup(Text(one.Customer, "Email"), Text(one.Customer, "Id"), Text(one.Customer, "Name"), one.Place, taken), Own(appointment, one.Customer), one.Place))];
    }

    /// <summary>Who is in the list twice is one customer.</summary>
    private static List<(JsonObject Customer, int Place)> Together(IEnumerable<JsonObject> listed)
    {
        var customers = new List<(JsonObject Customer, int Place)>();
        foreach (var (place, customer) in listed.Index())
        {
            if (customers.Find(known => IsSame(known.Customer, customer)).Customer is not { } same)
            {
                customers.Add((customer, place));
                continue;
            }

            foreach (var (name, value) in customer.Where(property => same[property.Key] is null).ToArray())
            {
                same[name] = value?.DeepClone();
            }
        }

        return customers;
    }

    /// <summary>By their id; or by address and name, as families share one address.</summary>
    private static bool IsSame(JsonObject one, JsonObject other) =>
        (Text(one, "Id") is { } id && id == Text(other, "Id")) || (Same(one, other, "Email") == true && Same(one, other, "Name") != false);

    /// <summary>Null when one of them doesn't say it.</summary>
    private static bool? Same(JsonObject one, JsonObject other, string name) =>
        CustomerKey.Folded(Text(one, name)) is { } text && CustomerKey.Folded(Text(other, name)) is { } same ? text == same : null;

    private static JsonObject Own(JsonObject appointment, JsonObject customer)
    {
        var own = appointment.DeepClone().AsObject();
        foreach (var (name, value) in customer)
        {
            own[Array.Find(Names, names => names.InGroup == name).Alone ?? $"Customer{name}"] = value?.DeepClone();
        }

        return own;
    }

    private static AppointmentCustomer One(CustomerKey key, JsonObject appointment, int place = 0)
    {
        var details = appointment["UserDetails"] as JsonObject ?? [];
        var name = CustomerName.Of(Text(appointment, "CustomerName"));
        Fill(details, "FirstName", name.First);
        Fill(details, "LastName", name.Last);
        Fill(details, "Email", Text(appointment, "CustomerEmail"));
        Fill(details, "Phone", Text(appointment, "CustomerPhone"));
        foreach (var answer in (appointment["CustomQuestionAnswers"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var question = Text(answer, "Question")?.TrimEnd('?', ':', '*', ' ');
            Fill(details, Array.Find(Asked, asked => asked.Question.Equals(question, StringComparison.OrdinalIgnoreCase)).Detail, Text(answer, "Answer"));
        }

        Fill(details, "Country", Text((appointment["CustomerLocation"] as JsonObject)?["Address"] as JsonObject, "CountryOrRegion"));
        appointment.Remove("UserDetails");
        if (details.Count > 0)
        {
            appointment["UserDetails"] = details;
        }

        return new AppointmentCustomer(key, Encoding.UTF8.GetBytes(appointment.ToJsonString(Readable)), place);
    }

    /// <summary>As <see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/>, but an unknown name may be given twice: the last one counts.</summary>
    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var properties = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    properties[property.Name] = Node(property.Value);
                }

                return properties;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return JsonValue.Create(element);
        }
    }

    private static void Fill(JsonObject details, string? detail, string? value)
    {
        if (detail is not null && value is not null && Text(details, detail) is null)
        {
            details[detail] = value;
        }
    }

    private static string? Text(JsonObject? owner, string name) => owner?[name] is JsonValue value && value.ToString().Trim() is { Length: > 0 } text ? text : null;
}
