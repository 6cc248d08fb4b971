using System.Globalization;
using System.Text.Json;
using LeadFunctions.Destinations.Templates;
using LeadFunctions.Leads;

namespace LeadFunctions.Commands;

/// <summary>Parts of a run in words. A server is trusted no more than a lead: whatever stands in its answer becomes one line of visible
/// text.</summary>
internal static class RunText
{
    public static string Time(JsonElement time) => time.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Text(JsonElement element, string name) => Raw(element, name) is { } text ? PlainText.OneLine(text) : null;

    /// <summary>With its lines.</summary>
    public static string? Raw(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Where a delivery stands and why.</summary>
    public static string State(JsonElement delivery)
    {
        var error = Text(delivery, "lastError") is { } words ? $" – {words}" : "";
        return Text(delivery, "status") switch
        {
            "delivered" => "delivered" + (Text(delivery, "remoteId") is { } id ? $" ({id})" : ""),
            "pending" when Text(delivery, "after") is { } after && delivery.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.Null => $"waits for {after}",
            "pending" when delivery.GetProperty("attempts").GetArrayLength() > 0 => $"next attempt {Time(delivery.GetProperty("nextAttemptAt"))}{error}",
            "pending" => "waits",
            "in_flight" => "under way",
            "dead_letter" => $"given up on{error}",
            var other => $"{other}{error}",
        };
    }

    public static string Attempt(string destination, JsonElement attempt)
    {
        var status = attempt.GetProperty("status") is { ValueKind: JsonValueKind.Number } code ? $" ({code.GetInt32()})" : "";
        var error = Text(attempt, "error") is { } words ? $" – {words}" : "";
        var (number, took) = (attempt.GetProperty("number").GetInt64(), attempt.GetProperty("durationMs").GetDouble());
        return string.Create(CultureInfo.InvariantCulture, $"{destination}: attempt {number}: {Text(attempt, "outcome")}{status} in {took} ms{error}");
    }

    public static string Act(JsonElement act)
    {
        var to = Text(act, "destination") is { } destination ? $" {destination}" : "";
        var note = Text(act, "note") is { } words ? $" – {words}" : "";
        return $"{Text(act, "kind")}{to} by {Text(act, "by")}{note}";
    }

    /// <summary>A lead's values under their paths.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(JsonElement lead, string prefix = "") => lead.EnumerateObject().Where(property => property.Name != LeadContent.FromOtherEvents).SelectMany(property => property.Value.ValueKind switch
    {
        JsonValueKind.Object => Fields(property.Value, $"{prefix}{property.Name}."),
        JsonValueKind.String => [($"{prefix}{property.Name}", property.Value.GetString()!)],
        _ => [($"{prefix}{property.Name}", property.Value.GetRawText())],
    });
}
