using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// Splits an appointment by customer. Each customer of a group gets the appointment in the form in which an only customer has it: their own
/// fields under the names <c>Customer…</c>, and nothing about the others.
/// </summary>
internal static class AppointmentSplit
{
    /// <summary>The property that tells which other properties of the event are in none of its leads.</summary>
    private const string LeftOut = "LeftOut";

    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The names of a customer's fields in the list of a group, and at the top of an appointment with one customer.
    private static readonly (string InGroup, string Alone)[] Names =
    [
        ("Id", "CustomerId"), ("Name", "CustomerName"), ("Email", "CustomerEmail"), ("Phone", "CustomerPhone"), ("Notes", "CustomerNotes"),
        ("TimeZone", "CustomerTimeZone"), ("Location", "CustomerLocation"), ("Answers", "CustomQuestionAnswers"),
    ];

    // Bookings has no field for these, so that businesses ask for them by questions of their own.
    private static readonly (string Question, string Detail)[] Asked =
    [
        ("company", "Company"), ("company name", "Company"), ("organization", "Company"), ("organisation", "Company"),
        ("job title", "Title"), ("title", "Title"), ("country", "Country"), ("phone", "Phone"), ("phone number", "Phone"),
    ];

    /// <param name="normalised">The payload, with the documented names in the documented casing.</param>
    public static IReadOnlyList<AppointmentCustomer> ByCustomer(ReadOnlySpan<byte> normalised)
    {
        var appointment = (JsonObject)Node(JsonElement.Parse(normalised))!;
        var customers = InList(appointment["Customers"] as JsonArray ?? []);
        appointment.Remove("Customers");
        if (customers.Count == 0)
        {
            return [CustomerOf(appointment, isOnly: true)];
        }

        if (customers.Count > 1 || IsSomebodyElse(appointment, customers[0].Customer))
        {
            // The top names one customer of several: the others must not get that one's address.
            string[] leftOut = [.. Names.Select(names => names.Alone).Append("UserDetails").Where(appointment.Remove)];
            if (leftOut.Length > 0)
            {
                appointment[LeftOut] = $"{string.Join(", ", leftOut)}: said at the top, not of this customer";
            }
        }

        var isOnly = customers.Count == 1 && AppointmentFacts.Places(Text(appointment, "MaxAttendeesCount")) == 1;
        return [.. customers.Select(one => CustomerOf(WithFields(appointment, one.Customer), isOnly, one.Place))];
    }

    /// <summary>The customers of the list. Who is in it twice is one customer, with the fields of both entries.</summary>
    private static List<(JsonObject Customer, int Place)> InList(JsonArray list)
    {
        JsonObject[] listed = [.. list.OfType<JsonObject>().Where(customer => customer.Count > 0)];
        var first = CustomerMatching.Distinct([.. listed.Select(IdentityOf)]);
        var customers = new List<(JsonObject Customer, int Place)>();
        foreach (var (place, customer) in listed.Index())
        {
            if (first[place] == place)
            {
                customers.Add((customer, place));
            }
            else
            {
                AddFields(customer, listed[first[place]]);
            }
        }

        return customers;
    }

    private static CustomerIdentity IdentityOf(JsonObject customer) =>
        CustomerIdentity.Of(Text(customer, "Id"), Text(customer, "Email"), Text(customer, "Name"));

    /// <summary>Whether the top names somebody else than the only customer of the list.</summary>
    private static bool IsSomebodyElse(JsonObject appointment, JsonObject customer) => CustomerIdentity.Of(
        Text(appointment, "CustomerId"),
        Text(appointment, "CustomerEmail") ?? Text(appointment["UserDetails"] as JsonObject, "Email"),
        Text(appointment, "CustomerName")).LikenessTo(IdentityOf(customer)) is Likeness.Other or Likeness.Unsure or Likeness.Corrected;

    private static void AddFields(JsonObject customer, JsonObject same)
    {
        foreach (var (name, value) in customer)
        {
            Set(same, name, value, wins: false);
        }
    }

    private static JsonObject WithFields(JsonObject appointment, JsonObject customer)
    {
        var own = appointment.DeepClone().AsObject();
        foreach (var (name, value) in customer)
        {
            Set(own, Array.Find(Names, names => names.InGroup == name).Alone ?? $"Customer{name}", value, wins: true);
        }

        return own;
    }

    private static AppointmentCustomer CustomerOf(JsonObject appointment, bool isOnly, int place = 0)
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
            var detail = Array.Find(Asked, asked => asked.Question.Equals(question, StringComparison.OrdinalIgnoreCase)).Detail;
            Fill(details, detail, detail is null ? null : AnswerOf(answer));
        }

        Fill(details, "Country", Text((appointment["CustomerLocation"] as JsonObject)?["Address"] as JsonObject, "CountryOrRegion"));
        appointment.Remove("UserDetails");
        if (details.Count > 0)
        {
            appointment["UserDetails"] = details;
        }

        var content = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(content, Written))
        {
            appointment.WriteTo(json);
        }

        return new AppointmentCustomer(new LeadContent(content.WrittenSpan.ToArray()), isOnly, place);
    }

    /// <summary>The answer to a question; null when there is none.</summary>
    private static string? AnswerOf(JsonObject answer) =>
        (answer["Answer"] ?? answer["SelectedOptions"]) is not null
        && AppointmentFacts.Answer(JsonElement.Parse(answer.ToJsonString())) is { } item
            ? item.Answer
            : null;

    /// <summary>
    /// Sets a property. If it has another value already, the one that wins stands under its name, and the other beside it.
    /// </summary>
    private static void Set(JsonObject owner, string name, JsonNode? value, bool wins)
    {
        var before = owner[name];
        if (before is JsonArray list && value is JsonArray more)
        {
            foreach (var item in JsonNode.DeepEquals(list, more) ? [] : more)
            {
                list.Add(item?.DeepClone());
            }

            return;
        }

        if (before is not null && value is not null && !IsSame(before, value))
        {
            Repeat(owner, name, wins ? before : value);
        }

        if (before is null || wins)
        {
            owner[name] = value?.DeepClone();
        }
    }

    private static bool IsSame(JsonNode one, JsonNode? other) =>
        JsonNode.DeepEquals(one, other)
        || (one is JsonValue text && other is JsonValue same
            && CustomerIdentity.Folded(text.ToString()) == CustomerIdentity.Folded(same.ToString()));

    /// <summary>
    /// Keeps another value of a property beside it: as a text, or as a list of texts when there are several. An object becomes a text too:
    /// the content must not get deeper than readers allow.
    /// </summary>
    private static void Repeat(JsonObject owner, string name, JsonNode value)
    {
        var other = $"{name} (repeated)";
        var text = value is JsonValue ? value.DeepClone() : JsonValue.Create(value.ToJsonString(Readable));
        switch (owner[other])
        {
            case null:
                owner[other] = text;
                break;
            case JsonArray list:
                list.Add(text);
                break;
            case var first:
                owner[other] = new JsonArray(first.DeepClone(), text);
                break;
        }
    }

    /// <summary>
    /// Does what <see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/> does, but also takes an object that has a name
    /// twice: the last value counts.
    /// </summary>
    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var properties = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    var value = Node(property.Value);
                    if (properties[property.Name] is { } before && !JsonNode.DeepEquals(before, value))
                    {
                        Repeat(properties, property.Name, before);
                    }

                    properties[property.Name] = value;
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

    private static string? Text(JsonObject? owner, string name) =>
        owner?[name] is JsonValue value && ValueText.Trim(value.ToString()) is { Length: > 0 } text ? text : null;
}
