using System.Globalization;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Templates;

/// <summary>
/// An appointment as templates see it, under <c>Appointment</c>. Times are there for people (<c>Start</c>), as ISO 8601 in the customer's
/// time zone (<c>StartLocal</c>) and in UTC (<c>StartUtc</c>); a time that can't be told is shown as it came.
/// </summary>
internal sealed class AppointmentModel
{
    /// <summary>The connector's names that <see cref="Lines"/> or <c>UserDetails</c> already tell, and those that tell people nothing.</summary>
    private static readonly HashSet<string> Said = new(StringComparer.Ordinal)
    {
        "Id", "SelfServiceAppointmentId", "ServiceId", "ServiceName", "ServiceNotes", "StartTime", "EndTime", "Duration", "CustomerId", "CustomerName", "CustomerEmail",
        "CustomerPhone", "CustomerNotes", "CustomerTimeZone", "StaffMembers", "CustomQuestionAnswers", "AdditionalInfo", "CancelReason", "JoinWebURL",
        "IsSMSNotificationsEnabled", "LastUpdatedDateTime", LeadContent.FromOtherEvents,
    };

    public AppointmentModel(Lead lead)
    {
        var content = lead.Content;
        var facts = AppointmentFacts.Of(content);
        var (start, end) = (Readable(facts.Start, facts, content.Text("StartTime")), Readable(facts.End, facts, content.Text("EndTime")));
        var minutes = facts.Duration is { } duration ? Math.Round(duration.TotalMinutes).ToString(CultureInfo.InvariantCulture) : null;
        var staff = facts.StaffNames.Count > 0 ? string.Join(", ", facts.StaffNames) : null;
        var status = AppointmentEvents.Status(lead.Event);
        Values = new Dictionary<string, object?>
        {
            ["Id"] = content.Text("Id"),
            ["Event"] = lead.Event,
            ["Status"] = status,
            ["IsGroup"] = lead.IsOfGroup,
            ["ServiceName"] = content.Text("ServiceName"),
            ["Start"] = start,
            ["End"] = end,
            ["StartLocal"] = Iso(facts.Start, facts.Zone),
            ["EndLocal"] = Iso(facts.End, facts.Zone),
            ["StartUtc"] = Iso(facts.Start),
            ["EndUtc"] = Iso(facts.End),
            ["TimeZone"] = facts.Zone is null ? "UTC" : facts.ZoneName,
            ["Duration"] = minutes,
            ["StaffNames"] = staff,
            ["JoinUrl"] = content.Text("JoinWebURL"),
            ["Notes"] = content.Text("CustomerNotes"),
            ["CancelReason"] = content.Text("CancelReason"),
        };
        (string Name, string? Value)[] lines =
        [
            ("Appointment", status), ("Service", content.Text("ServiceName")), ("Start", start), ("End", end), ("Duration (minutes)", minutes), ("Staff", staff),
            ("Customer notes", content.Text("CustomerNotes")), ("Service notes", content.Text("ServiceNotes")), ("Additional information", content.Text("AdditionalInfo")),
            ("Cancel reason", content.Text("CancelReason")), ("Join link", content.Text("JoinWebURL")),
            .. facts.Answers.Select(answer => (answer.Question.Length > 0 ? answer.Question : "Answer", (string?)answer.Answer)),
            ("Appointment id", content.Text("Id")),
        ];
        Lines = [.. lines.Where(line => line.Value is not null).Select(line => (line.Name, line.Value!))];
    }

    public Dictionary<string, object?> Values { get; }

    /// <summary>What people want to know about it, in the order in which they read it.</summary>
    public IReadOnlyList<(string Name, string Value)> Lines { get; }

    /// <summary>Whether a field of the content is told by the lines or the customer's details, or is of no use to people.</summary>
    public static bool Says(string field) => Said.Contains(field.Split('.')[0]);

    private static string? Readable(DateTimeOffset? time, AppointmentFacts facts, string? given) => time is { } known
        ? $"{In(known, facts.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} ({(facts.Zone is null ? "UTC" : facts.ZoneName)})"
        : given;

    private static string? Iso(DateTimeOffset? time, TimeZoneInfo? zone) =>
        zone is null ? Iso(time) : time is { } known ? In(known, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) : null;

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset In(DateTimeOffset time, TimeZoneInfo? zone) => TimeZoneInfo.ConvertTime(time, zone ?? TimeZoneInfo.Utc);
}
