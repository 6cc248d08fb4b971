using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Events;

/// <summary>
/// Fills the gaps of an event's lead with what other events of the same appointment and customer said. The connector leaves fields out as
/// it likes, and a row must not lose the customer's name because a cancellation doesn't mention it. An event's own values stay. A missing
/// value comes from the newest event that has it, so that the row ends the same in whatever order the events arrive.
/// </summary>
internal static class EventMerge
{
    private const string Details = "UserDetails";
    private const string DetailsPrefix = $"{Details}.";

    private static readonly string[] ChangesByItself = ["LastUpdatedDateTime", "FilledAttendeesCount"];

    // These belong to one event, and are not taken from another.
    private static readonly string[] NotTaken = ["CancelReason", "LastUpdatedDateTime"];

    // Values that belong together: the newest event that gives one of a group decides about the others too.
    private static readonly string[][] Groups = [["StartTime", "EndTime", "Duration"], [$"{Details}.FirstName", $"{Details}.LastName"]];

    // The values of one customer, besides those whose names begin with "Customer".
    private static readonly string[] OfOneCustomer = [Details, "CustomQuestionAnswers", "SelfServiceAppointmentId"];

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lead with its gaps filled from another event's lead; the same instance when nothing is filled.</summary>
    public static Lead Complete(Lead lead, Lead other)
    {
        var own = ValuesOf(lead);
        var values = new OrderedDictionary<string, Value>(own, StringComparer.Ordinal);
        foreach (var (path, value) in ValuesOf(other).Where(value => !NotTaken.Contains(value.Key)))
        {
            var from = value.From ?? other.SharedRow!.Order;
            if (!values.TryGetValue(path, out var present) || present.From < from)
            {
                values[path] = value with { From = from };
            }
        }

        foreach (var group in Groups)
        {
            LeaveNewest(group, values);
        }

        var isSame = own.Count == values.Count
            && own.All(value => values.TryGetValue(value.Key, out var now) && JsonElement.DeepEquals(now.Json, value.Value.Json));
        return isSame ? lead : WithContent(lead, Together(values), Origins(values));
    }

    /// <summary>Whether the content says anything that the other one doesn't, apart from what changes by itself.</summary>
    public static bool SaysMore(LeadContent content, LeadContent known)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in known.Root.EnumerateObject())
        {
            values[property.Name] = property.Value;
        }

        return content.Root.EnumerateObject().Any(property => !ChangesByItself.Contains(property.Name)
            && !(values.TryGetValue(property.Name, out var value) && JsonElement.DeepEquals(value, property.Value)));
    }

    /// <summary>The content without what changes by itself.</summary>
    public static LeadContent Lasting(LeadContent content) => Without(content, ChangesByItself.Contains);

    /// <summary>The part of an event's content that is about the whole appointment.</summary>
    public static LeadContent WithoutCustomer(LeadContent content) =>
        Without(content, name => name.StartsWith("Customer", StringComparison.Ordinal) || OfOneCustomer.Contains(name));

    /// <param name="origins">For each value of another event, by its path, that event's order; null when all values are its own.</param>
    public static Lead WithContent(Lead lead, LeadContent content, IReadOnlyDictionary<string, EventOrder>? origins)
    {
        var facts = AppointmentFacts.Of(content);
        var sharedRow = lead.SharedRow is null ? null : lead.SharedRow.Bare with { EndsAt = facts.End ?? facts.Start };
        return lead with
        {
            Content = content,
            SharedRow = sharedRow is null || origins is null ? sharedRow : sharedRow with { FromOtherEvents = origins },
        };
    }

    private static OrderedDictionary<string, Value> ValuesOf(Lead lead)
    {
        var values = new OrderedDictionary<string, Value>(StringComparer.Ordinal);
        foreach (var property in lead.Content.Root.EnumerateObject())
        {
            if (property is { Name: Details, Value.ValueKind: JsonValueKind.Object })
            {
                foreach (var detail in property.Value.EnumerateObject())
                {
                    Add($"{DetailsPrefix}{detail.Name}", detail.Value);
                }
            }
            else
            {
                Add(property.Name, property.Value);
            }
        }

        return values;

        void Add(string path, JsonElement value) =>
            values[path] = new Value(value, lead.SharedRow!.FromOtherEvents.TryGetValue(path, out var from) ? from : null);
    }

    /// <summary>Removes the values of a group that are older than its newest. A new start alone leaves the duration as it was.</summary>
    private static void LeaveNewest(string[] group, OrderedDictionary<string, Value> values)
    {
        string[] there = [.. group.Where(values.ContainsKey)];
        string[] newest = [.. there.Where(path => !there.Any(other => values[path].IsOlderThan(values[other])))];
        foreach (var path in there.Except(newest).Where(path => !(path == "Duration" && newest is ["StartTime"])))
        {
            values.Remove(path);
        }
    }

    private static LeadContent Together(OrderedDictionary<string, Value> values) => Written(json =>
    {
        var details = false;
        foreach (var (path, value) in values)
        {
            if (!path.StartsWith(DetailsPrefix, StringComparison.Ordinal))
            {
                Write(json, path, value);
            }
            else if (!details)
            {
                details = true;
                json.WriteStartObject(Details);
                foreach (var (detail, its) in values.Where(each => each.Key.StartsWith(DetailsPrefix, StringComparison.Ordinal)))
                {
                    Write(json, detail[DetailsPrefix.Length..], its);
                }

                json.WriteEndObject();
            }
        }
    });

    private static void Write(Utf8JsonWriter json, string name, Value value)
    {
        json.WritePropertyName(name);
        value.Json.WriteTo(json);
    }

    private static Dictionary<string, EventOrder> Origins(OrderedDictionary<string, Value> values) =>
        values.Where(value => value.Value.From is not null)
            .ToDictionary(value => value.Key, value => value.Value.From!.Value, StringComparer.Ordinal);

    private static LeadContent Without(LeadContent content, Func<string, bool> isLeftOut) => Written(json =>
    {
        foreach (var property in content.Root.EnumerateObject().Where(property => !isLeftOut(property.Name)))
        {
            property.WriteTo(json);
        }
    });

    private static LeadContent Written(Action<Utf8JsonWriter> properties)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return new LeadContent(buffer.WrittenSpan.ToArray());
    }

    /// <param name="From">The order of the other event that gave the value; null for an own value, which counts before all others.</param>
    private readonly record struct Value(JsonElement Json, EventOrder? From)
    {
        public bool IsOlderThan(Value other) => From is not null && (other.From is null || From < other.From);
    }
}
