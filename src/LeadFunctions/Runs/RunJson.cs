using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>A run as JSON. Times are ISO 8601 in UTC.</summary>
internal static class RunJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kinds of the configured destinations by their names; a delivery to one of the past has none.</summary>
    public static IReadOnlyDictionary<string, string> Kinds(IEnumerable<ConfiguredDestination> destinations) =>
        destinations.ToDictionary(destination => destination.Name, destination => destination.Kind.ToString(), StringComparer.Ordinal);

    public static ReadOnlyMemory<byte> Write(Run run, IReadOnlyDictionary<string, string> kinds)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        Write(json, run, kinds);
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static void Write(Utf8JsonWriter json, Run run, IReadOnlyDictionary<string, string> kinds)
    {
        json.WriteStartObject();
        json.WriteString("leadId", run.Lead.Id.Value);
        json.WriteString("source", run.Lead.Source);
        json.WriteString("event", run.Lead.Event);
        Time(json, "receivedAt", run.Lead.ReceivedAt);
        json.WriteBoolean("isTest", run.Lead.Facts.IsTest);
        json.WriteBoolean("doNotContact", run.Lead.Facts.DoNotContact);
        json.WritePropertyName("lead");
        json.WriteRawValue(run.Lead.Content.Utf8);
        if (run.Lead.SharedRow is { FromOtherEvents: { Count: > 0 } taken })
        {
            json.WriteStartArray("fromOtherEvents");
            foreach (var path in taken.Keys)
            {
                json.WriteStringValue(path);
            }

            json.WriteEndArray();
        }

        json.WriteString("status", RunStatus.For(run));
        json.WriteStartArray("deliveries");
        foreach (var delivery in run.Deliveries)
        {
            Delivery(json, delivery, kinds.GetValueOrDefault(delivery.Destination));
        }

        json.WriteEndArray();
        json.WriteStartArray("repeatedAt");
        foreach (var at in run.RepeatedAt)
        {
            json.WriteStringValue(at.UtcDateTime);
        }

        json.WriteEndArray();
        json.WriteStartArray("acts");
        foreach (var entry in run.Audit)
        {
            Entry(json, entry);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Entry(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteStartObject();
        Time(json, "at", entry.At);
        json.WriteString("by", entry.By);
        json.WriteString("kind", entry.Kind);
        json.WriteString("destination", entry.Destination);
        json.WriteString("note", entry.Note);
        json.WriteEndObject();
    }

    private static void Delivery(Utf8JsonWriter json, RunDelivery delivery, string? kind)
    {
        json.WriteStartObject();
        json.WriteString("destination", delivery.Destination);
        json.WriteString("kind", kind);
        json.WriteString("status", StatusText.Of(delivery.State.Status));
        json.WriteStartArray("attempts");
        for (var index = 0; index < delivery.Attempts.Count; index++)
        {
            Attempt(json, index + 1, delivery.Attempts[index]);
        }

        json.WriteEndArray();
        json.WriteString("lastError", delivery.State.LastError);
        Time(json, "nextAttemptAt", delivery.State.Status == DeliveryStatus.Pending ? delivery.State.DueAt : null);
        json.WriteString("remoteId", delivery.State.RemoteId);
        json.WriteString("after", delivery.After);
        json.WriteString("request", delivery.Request);
        json.WriteEndObject();
    }

    private static void Attempt(Utf8JsonWriter json, int number, DeliveryAttempt attempt)
    {
        json.WriteStartObject();
        json.WriteNumber("number", number);
        Time(json, "startedAt", attempt.StartedAt);
        json.WriteNumber("durationMs", (long)attempt.Duration.TotalMilliseconds);
        if (attempt.HttpStatus is { } status)
        {
            json.WriteNumber("status", status);
        }
        else
        {
            json.WriteNull("status");
        }

        json.WriteString("outcome", attempt.Outcome);
        json.WriteString("error", attempt.Error);
        json.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            json.WriteString(name, at.UtcDateTime);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

/// <summary>A refused body as JSON: what was wrong with it, and what it was.</summary>
internal static class RefusedJson
{
    public static void Write(Utf8JsonWriter json, RefusedBody refused)
    {
        json.WriteStartObject();
        json.WriteString("refusedId", refused.Id.Value);
        json.WriteString("receivedAt", refused.ReceivedAt.UtcDateTime);
        json.WriteStartArray("errors");
        foreach (var violation in refused.Violations)
        {
            json.WriteStartObject();
            json.WriteString("path", violation.Path);
            json.WriteString("message", violation.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("body", refused.Text);
        if (refused.ReplayedAt is { } at)
        {
            json.WriteString("replayedAt", at.UtcDateTime);
            json.WriteString("replayedBy", refused.ReplayedBy);
            json.WriteString("leadId", (refused.Repeats ?? refused.Id).Value);
        }

        json.WriteEndObject();
    }
}

/// <summary>The words for where a run and its deliveries stand.</summary>
internal static class RunStatus
{
    /// <summary>
    /// <c>no_destination</c> when no destination takes it, <c>dead_letter</c> when a person has to look, else <c>in_progress</c> while
    /// something waits, else <c>delivered</c>.
    /// </summary>
    public static string For(Run run) =>
        run.Deliveries.Count == 0 ? "no_destination"
        : run.Deliveries.Any(delivery => delivery.State.Status == DeliveryStatus.DeadLetter) ? StatusText.Of(DeliveryStatus.DeadLetter)
        : run.Deliveries.Any(delivery => delivery.State.Status is DeliveryStatus.Pending or DeliveryStatus.InFlight) ? "in_progress"
        : StatusText.Of(DeliveryStatus.Delivered);
}
