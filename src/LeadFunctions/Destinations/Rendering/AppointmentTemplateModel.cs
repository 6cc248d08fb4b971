using System.Globalization;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// An appointment as templates see it, under <c>Appointment</c>. Times are there for people (<c>Start</c>), as ISO 8601 in the customer's
/// time zone (<c>StartLocal</c>) and in UTC (<c>StartUtc</c>); a time that can't be told is shown as it came.
/// </summary>
internal sealed class AppointmentTemplateModel
{
    /// <summary>The connector's names that are whole in <see cref="Lines"/>.</summary>
    private static readonly HashSet<string> InLines = new(StringComparer.Ordinal)
    {
        "Id",
        "ServiceName",
        "ServiceNotes",
        "StartTime",
        "EndTime",
        "Duration",
        "CustomerNotes",
        "AdditionalInfo",
        "CancelReason",
        "JoinWebURL",
    };

    private readonly LeadContent _content;
    private readonly AppointmentFacts _facts;

    public AppointmentTemplateModel(Lead lead)
    {
        var content = lead.Content;
        var facts = AppointmentFacts.Of(content);
        (_content, _facts) = (content, facts);
        var (start, end) = (Readable(facts.Start, facts, content.Text("StartTime")), Readable(facts.End, facts, content.Text("EndTime")));
        var minutes = facts.Duration is { } duration ? Math.Round(duration.TotalMinutes).ToString(CultureInfo.InvariantCulture) : null;
        var staff = facts.StaffNames.Count > 0 ? string.Join(", ", facts.StaffNames) : null;
        var status = AppointmentEvents.Status(lead.Event);
        Values = new Dictionary<string, object?>
        {
            ["Id"] = content.Text("Id"),
            ["Event"] = lead.Event,
            ["Status"] = status,
            ["IsGroup"] = AppointmentFacts.IsOfGroup(lead),
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
            ("Appointment", status),
            ("Service", content.Text("ServiceName")),
            ("Start", start),
            ("End", end),
            facts.Duration is { } length
                ? ("Duration (minutes)", length.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture))
                : ("Duration", Given("Duration")),
            ("Staff", staff),
            ("Customer notes", content.Text("CustomerNotes")),
            ("Service notes", content.Text("ServiceNotes")),
            ("Additional information", content.Text("AdditionalInfo")),
            ("Cancel reason", content.Text("CancelReason")),
            ("Join link", content.Text("JoinWebURL")),
            .. facts.Answers.Select(answer => (answer.Question.Length > 0 ? answer.Question : "Answer", (string?)answer.Answer)),
            ("Appointment id", content.Text("Id")),
        ];
        var list = new FieldList();
        foreach (var (name, value) in lines.Where(line => line.Value is not null))
        {
            list.Add(name, value!);
        }

        list.LeaveOut(facts.UnreadAnswers);
        Lines = list.Fields;
    }

    public Dictionary<string, object?> Values { get; }

    /// <summary>What people want to know about it, in the order in which they read it.</summary>
    public IReadOnlyList<(string Name, string Value)> Lines { get; }

    /// <summary>Adds what a property of the content says beyond <see cref="Lines"/> and the customer's details.</summary>
    public void AddRest(JsonProperty property, FieldList rest)
    {
        switch (property.Name)
        {
            case "StaffMembers" when property.Value.ValueKind == JsonValueKind.Array:
                AddItems(
                    property,
                    rest,
                    (item, name) => name == (item.TryGetProperty("DisplayName", out _) ? "DisplayName" : "EmailAddress"));
                break;
            case "CustomQuestionAnswers" when property.Value.ValueKind == JsonValueKind.Array:
                AddItems(property, rest, (_, name) => AppointmentFacts.IsInAnswer(name));
                break;
            case var name when !IsTold(name, property.Value):
                rest.Add(name, property.Value);
                break;
        }
    }

    private static void AddItems(JsonProperty list, FieldList rest, Func<JsonElement, string, bool> isTold)
    {
        foreach (var (index, item) in list.Value.EnumerateArray().Index().Where(item => item.Item.ValueKind == JsonValueKind.Object))
        {
            foreach (var property in item.EnumerateObject().Where(property => !isTold(item, property.Name)))
            {
                rest.Add(string.Create(CultureInfo.InvariantCulture, $"{list.Name}[{index}].{property.Name}"), property.Value);
            }
        }
    }

    private bool IsTold(string name, JsonElement value) => name switch
    {
        "CustomerName" => IsInDetails(ValueText.Of(value)),
        "CustomerEmail" => ValueText.Of(value) == _content.Text("UserDetails", "Email"),
        "CustomerPhone" => ValueText.Of(value) == _content.Text("UserDetails", "Phone"),
        "CustomerTimeZone" => _facts.Zone is not null && (_facts.Start ?? _facts.End) is not null,
        // Where it can't be read, the line shows what follows from the other two.
        "EndTime" => _facts.End is null || TimeText.Parse(ValueText.Of(value)) is not null || TimeText.IsNone(ValueText.Of(value)),
        "Duration" => _facts.Duration is null || TimeText.ParseDuration(value) is not null,
        _ => InLines.Contains(name),
    };

    private bool IsInDetails(string name)
    {
        var (first, last) = (_content.Text("UserDetails", "FirstName"), _content.Text("UserDetails", "LastName"));
        return name == last || name == $"{first} {last}" || name == $"{last}, {first}";
    }

    private string? Given(string name) => _content.Root.TryGetProperty(name, out var value) ? ValueText.Of(value) : null;

    private static string? Readable(DateTimeOffset? time, AppointmentFacts facts, string? given) =>
        time is not { } known ? TimeText.IsNone(given) ? null : given
        : $"{In(known, facts.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} "
            + $"({(facts.Zone is null ? "UTC" : facts.ZoneName)})";

    private static string? Iso(DateTimeOffset? time, TimeZoneInfo? zone) =>
        zone is null ? Iso(time)
        : time is { } known ? In(known, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
        : null;

    private static string? Iso(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset In(DateTimeOffset time, TimeZoneInfo? zone) => TimeZoneInfo.ConvertTime(time, zone ?? TimeZoneInfo.Utc);
}
