using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Events;

/// <summary>
/// Completes an event with what other events of the same appointment and customer said: the connector leaves fields out as it likes, and
/// a row must not lose the customer's name over a cancellation that doesn't mention it. An event's own words stay; of what it left out
/// the newest event's count, so that it ends the same in whatever order the events come.
/// </summary>
internal static class EventMerge
{
    private const string Details = "UserDetails";
    private const string DetailsPrefix = $"{Details}.";

    private static readonly string[] ChangesByItself = ["LastUpdatedDateTime", "FilledAttendeesCount"];

    // These are of one event alone.
    private static readonly string[] NotTaken = ["CancelReason", "LastUpdatedDateTime"];

    // One of them says nothing about another event's others.
    private static readonly string[][] Groups = [["StartTime", "EndTime", "Duration"], [$"{Details}.FirstName", $"{Details}.LastName"]];

    // Beside what begins with "Customer".
    private static readonly string[] OfOneCustomer = [Details, "CustomQuestionAnswers", "SelfServiceAppointmentId"];

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lead with what it left out and another event says; itself when that is nothing.</summary>
    public static Lead Complete(Lead lead, Lead other)
    {
        var own = ValuesOf(lead);
        var values = new OrderedDictionary<string, Value>(own, StringComparer.Ordinal);
        foreach (var (path, value) in ValuesOf(other).Where(value => !NotTaken.Contains(value.Key)))
        {
            var from = value.From ?? other.Subject!.Order;
            if (!values.TryGetValue(path, out var mine) || mine.From < from)
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

    /// <summary>Without what changes by itself.</summary>
    public static LeadContent Lasting(LeadContent content) => Without(content, ChangesByItself.Contains);

    /// <summary>What an event said about the whole appointment.</summary>
    public static LeadContent WithoutCustomer(LeadContent content) =>
        Without(content, name => name.StartsWith("Customer", StringComparison.Ordinal) || OfOneCustomer.Contains(name));

    /// <param name="origins">By path, the order of the other event that said a value; null: it says everything itself.</param>
    public static Lead WithContent(Lead lead, LeadContent content, IReadOnlyDictionary<string, EventOrder>? origins)
    {
        var facts = AppointmentFacts.Of(content);
        var subject = lead.Subject is null ? null : lead.Subject.Bare with { EndsAt = facts.End ?? facts.Start };
        return lead with
        {
            Content = content,
            Subject = subject is null || origins is null ? subject : subject with { FromOtherEvents = origins },
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
            values[path] = new Value(value, lead.Subject!.FromOtherEvents.TryGetValue(path, out var from) ? from : null);
    }

    /// <summary>A new start alone leaves the appointment as long as it was.</summary>
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

    /// <param name="From">The order of the other event that said it; null: the event itself, whose words count before all others.</param>
    private readonly record struct Value(JsonElement Json, EventOrder? From)
    {
        public bool IsOlderThan(Value other) => From is not null && (other.From is null || From < other.From);
    }
}
