using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// Divides an appointment among its customers. A customer of a group gets the shape of an appointment of one: their fields under the
/// <c>Customer…</c> names, and nothing about the others.
/// </summary>
internal static class AppointmentCustomers
{
    /// <summary>Says which properties of an event are in none of its leads.</summary>
    private const string LeftOut = "LeftOut";

    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
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
        var customers = Listed(appointment["Customers"] as JsonArray ?? []);
        appointment.Remove("Customers");
        if (customers.Count == 0)
        {
            return [One(appointment, isOnly: true)];
        }

        if (customers.Count > 1 || IsSomebodyElse(appointment, customers[0].Customer))
        {
            // Whoever is named at the top is one of several: the others must not get their address.
            string[] leftOut = [.. Names.Select(names => names.Alone).Append("UserDetails").Where(appointment.Remove)];
            if (leftOut.Length > 0)
            {
                appointment[LeftOut] = $"{string.Join(", ", leftOut)}: said at the top, not of this customer";
            }
        }

        var isOnly = customers.Count == 1 && AppointmentFacts.Places(Text(appointment, "MaxAttendeesCount")) == 1;
        return [.. customers.Select(one => One(Own(appointment, one.Customer), isOnly, one.Place))];
    }

    /// <summary>The customers of the list; who is in it twice is one of them.</summary>
    private static List<(JsonObject Customer, int Place)> Listed(JsonArray list)
    {
        JsonObject[] listed = [.. list.OfType<JsonObject>().Where(customer => customer.Count > 0)];
        var first = SameCustomer.Distinct([.. listed.Select(InList)]);
        var customers = new List<(JsonObject Customer, int Place)>();
        foreach (var (place, customer) in listed.Index())
        {
            if (first[place] == place)
            {
                customers.Add((customer, place));
            }
            else
            {
                Add(customer, listed[first[place]]);
            }
        }

        return customers;
    }

    private static CustomerIdentity InList(JsonObject customer) =>
        CustomerIdentity.Of(Text(customer, "Id"), Text(customer, "Email"), Text(customer, "Name"));

    /// <summary>Whether the top names another person than the list of one does.</summary>
    private static bool IsSomebodyElse(JsonObject appointment, JsonObject customer) => CustomerIdentity.Of(
        Text(appointment, "CustomerId"),
        Text(appointment, "CustomerEmail") ?? Text(appointment["UserDetails"] as JsonObject, "Email"),
        Text(appointment, "CustomerName")).To(InList(customer)) is Likeness.Other or Likeness.Unsure or Likeness.Corrected;

    private static void Add(JsonObject customer, JsonObject same)
    {
        foreach (var (name, value) in customer)
        {
            Set(same, name, value, wins: false);
        }
    }

    private static JsonObject Own(JsonObject appointment, JsonObject customer)
    {
        var own = appointment.DeepClone().AsObject();
        foreach (var (name, value) in customer)
        {
            Set(own, Array.Find(Names, names => names.InGroup == name).Alone ?? $"Customer{name}", value, wins: true);
        }

        return own;
    }

    private static AppointmentCustomer One(JsonObject appointment, bool isOnly, int place = 0)
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

    /// <summary>What was answered; null when nothing was.</summary>
    private static string? AnswerOf(JsonObject answer) =>
        (answer["Answer"] ?? answer["SelectedOptions"]) is not null
        && AppointmentFacts.Answer(JsonElement.Parse(answer.ToJsonString())) is { } item
            ? item.Answer
            : null;

    /// <summary>
    /// Sets a property; of two values that say different things the one that wins stands under its name, and the other beside it.
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
    /// Keeps what was given once more, in a list: there may be many of them. Not deeper than it was, so that it can be read again.
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
    /// As <see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/>, but an unknown name may be given twice: the last
    /// one counts.
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

/// <summary>One customer of an appointment.</summary>
/// <param name="Content">The appointment as this customer's own: the connector's names, and <c>UserDetails</c> as leads have them.</param>
/// <param name="IsOnly">The appointment is of one customer, as far as the event says.</param>
/// <param name="Place">Where the customer stands first in the appointment's list.</param>
internal sealed record AppointmentCustomer(LeadContent Content, bool IsOnly, int Place = 0)
{
    public CustomerIdentity Who { get; } = CustomerIdentity.Of(Content);

    /// <summary>Nothing tells who it is: at the same place of another event's list somebody else may stand.</summary>
    public bool IsPlace => !IsOnly && Who == CustomerIdentity.Nobody;

    /// <summary>What can name the customer's row, best first; the first one is empty for the customer of an appointment of one.</summary>
    public IReadOnlyList<string> Keys =>
        IsOnly ? ["", .. Who.Keys] : IsPlace ? [string.Create(CultureInfo.InvariantCulture, $"#{Place}")] : [.. Who.Keys];
}
