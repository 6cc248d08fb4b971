using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Translates Graph's bookingAppointment into the connector's names, so that both ways in give the same leads.</summary>
internal static class GraphAppointment
{
    private static readonly (string Graph, string Ours)[] AsTheyAre =
    [
        ("id", "Id"),
        ("serviceId", "ServiceId"),
        ("serviceName", "ServiceName"),
        ("serviceNotes", "ServiceNotes"),
        ("customerTimeZone", "CustomerTimeZone"),
        ("additionalInformation", "AdditionalInfo"),
        ("anonymousJoinWebUrl", "AnonymousJoinWebUrl"),
        ("appointmentLabel", "AppointmentLabel"),
        ("maximumAttendeesCount", "MaxAttendeesCount"),
        ("filledAttendeesCount", "FilledAttendeesCount"),
        ("smsNotificationsEnabled", "IsSMSNotificationsEnabled"),
        ("lastUpdatedDateTime", "LastUpdatedDateTime"),
    ];

    private static readonly (string Graph, string Ours)[] OfTheOnlyCustomer =
    [
        ("customerId", "CustomerId"),
        ("customerName", "CustomerName"),
        ("customerEmailAddress", "CustomerEmail"),
        ("customerPhone", "CustomerPhone"),
        ("customerNotes", "CustomerNotes"),
    ];

    private static readonly (string Graph, string Ours)[] OfACustomer =
    [
        ("customerId", "Id"),
        ("name", "Name"),
        ("emailAddress", "Email"),
        ("phone", "Phone"),
        ("notes", "Notes"),
        ("timeZone", "TimeZone"),
    ];

    private static readonly (string Graph, string Ours)[] OfAnAddress =
    [
        ("street", "Street"),
        ("city", "City"),
        ("state", "State"),
        ("countryOrRegion", "CountryOrRegion"),
        ("postalCode", "PostalCode"),
    ];

    private static readonly (string Graph, string Ours)[] OfAStaffMember =
    [
        ("id", "Id"),
        ("displayName", "DisplayName"),
        ("emailAddress", "EmailAddress"),
    ];

    private static readonly Lazy<SchemaOutline> Connector = new(() => LeadSchema.Appointments().Outline);

    public static string? Id(JsonElement appointment) => Text(appointment, "id");

    public static string? ServiceName(JsonElement appointment) => Text(appointment, "serviceName");

    public static DateTimeOffset? Start(JsonElement appointment) => Time(appointment, "startDateTime") ?? Time(appointment, "start");

    public static DateTimeOffset? End(JsonElement appointment) => Time(appointment, "endDateTime") ?? Time(appointment, "end");

    public static DateTimeOffset? LastUpdated(JsonElement appointment) => TimeText.Parse(Text(appointment, "lastUpdatedDateTime"));

    public static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static IEnumerable<string> StaffIds(JsonElement appointment) =>
        Items(appointment, "staffMemberIds").Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()!);

    /// <summary>The customers of the list, without entries that say nothing. An appointment of a group may have none yet.</summary>
    public static IEnumerable<JsonElement> Customers(JsonElement appointment) =>
        Items(appointment, "customers").Where(customer => OfACustomer.Any(names => Text(customer, names.Graph) is not null));

    /// <summary>The payload that the connector would have posted; null when the appointment has no customer.</summary>
    public static byte[]? Payload(JsonElement appointment, IReadOnlyDictionary<string, JsonElement> staff)
    {
        var payload = Copy(appointment, AsTheyAre);
        var customers = Customers(appointment).Select(Customer).ToArray();
        if (customers.Length > 0)
        {
            payload["Customers"] = new JsonArray([.. customers]);
        }
        else if (Copy(appointment, OfTheOnlyCustomer) is { Count: > 0 } only)
        {
            foreach (var (name, value) in only)
            {
                payload[name] = value?.DeepClone();
            }
        }
        else
        {
            return null;
        }

        Set(payload, "StartTime", Iso(Start(appointment)));
        Set(payload, "EndTime", Iso(End(appointment)));
        Set(payload, "JoinWebURL", Text(appointment, "joinWebUrl") ?? Text(appointment, "anonymousJoinWebUrl"));
        // An id of zeros stands for none.
        Set(
            payload,
            "SelfServiceAppointmentId",
            Text(appointment, "selfServiceAppointmentId") is { } own && own != Guid.Empty.ToString() ? own : null);
        Set(payload, "ServiceLocation", Property(appointment, "serviceLocation") is { } place ? Text(place, "displayName") : null);
        if (Property(appointment, "duration") is { } duration && TimeText.ParseDuration(duration) is { } length)
        {
            payload["Duration"] = length.TotalMinutes;
        }

        JsonNode[] hosts =
        [
            .. StaffIds(appointment)
                .Select(id => staff.TryGetValue(id, out var member) ? Copy(member, OfAStaffMember) : new JsonObject { ["Id"] = id }),
        ];
        if (hosts.Length > 0)
        {
            payload["StaffMembers"] = new JsonArray(hosts);
        }

        // The payload is normalised like a posted one, so that its values are cleaned in the same way.
        return LeadNormaliser.Normalise(JsonElement.Parse(payload.ToJsonString()), Connector.Value).Json;
    }

    private static JsonNode Customer(JsonElement given)
    {
        var customer = Copy(given, OfACustomer);
        if (Property(given, "location") is { } location && Address(location) is { Count: > 0 } place)
        {
            customer["Location"] = place;
        }

        JsonNode[] answers = [.. Items(given, "customQuestionAnswers").Select(Answer).OfType<JsonNode>()];
        if (answers.Length > 0)
        {
            customer["Answers"] = new JsonArray(answers);
        }

        return customer;
    }

    private static JsonObject Address(JsonElement location)
    {
        var place = Copy(location, [("displayName", "DisplayName")]);
        if (Property(location, "address") is { } address
            && Copy(address, OfAnAddress) is { Count: > 0 } lines)
        {
            place["Address"] = lines;
        }

        return place;
    }

    private static JsonObject? Answer(JsonElement given)
    {
        var answer = ValueText.Of(Property(given, "answer") ?? default);
        var chosen = ValueText.Of(Property(given, "selectedOptions") ?? default);
        if (string.IsNullOrWhiteSpace(answer) && chosen.Length == 0)
        {
            return null;
        }

        var item = new JsonObject
        {
            ["Question"] = Text(given, "question") ?? "",
            ["Answer"] = string.IsNullOrWhiteSpace(answer) ? chosen : answer,
        };
        if (chosen.Length > 0 && !string.IsNullOrWhiteSpace(answer) && chosen != answer)
        {
            item["SelectedOptions"] = chosen;
        }

        return item;
    }

    private static JsonObject Copy(JsonElement from, IEnumerable<(string Graph, string Ours)> names)
    {
        var copy = new JsonObject();
        foreach (var (graph, ours) in names)
        {
            if (Property(from, graph) is { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value)
            {
                copy[ours] = JsonValue.Create(value);
            }
            else
            {
                Set(copy, ours, Text(from, graph));
            }
        }

        return copy;
    }

    private static void Set(JsonObject target, string name, string? text)
    {
        if (text is not null)
        {
            target[name] = text;
        }
    }

    /// <summary>Reads a dateTimeTimeZone. Its zone is documented to be UTC always; another one is respected.</summary>
    private static DateTimeOffset? Time(JsonElement appointment, string name)
    {
        if (Property(appointment, name) is not { } given || TimeText.Parse(Text(given, "dateTime")) is not { } time)
        {
            return null;
        }

        var text = Text(given, "dateTime")!;
        var hasOffset = text.TrimEnd().EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
        return !hasOffset && TimeText.Zone(Text(given, "timeZone")) is { } zone
            ? new DateTimeOffset(time.DateTime, zone.GetUtcOffset(time.DateTime)).ToUniversalTime()
            : time.ToUniversalTime();
    }

    private static JsonElement? Property(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static string? Text(JsonElement owner, string name) =>
        Property(owner, name) is { ValueKind: JsonValueKind.String } value && ValueText.Trim(value.GetString()!).Length > 0
            ? value.GetString()
            : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name) =>
        Property(owner, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : default;
}
