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

    private readonly Lead _lead;
    private readonly LeadContent _content;
    private readonly AppointmentFacts _facts;
    private readonly string? _end;
    private readonly string? _staff;

    public AppointmentTemplateModel(Lead lead)
    {
        var content = lead.Content;
        var facts = AppointmentFacts.Of(content);
        (_lead, _content, _facts) = (lead, content, facts);
        (Start, _end) = (Readable(facts.Start, facts, content.Text("StartTime")), Readable(facts.End, facts, content.Text("EndTime")));
        _staff = facts.StaffNames.Count > 0 ? string.Join(", ", facts.StaffNames) : null;
        (string Name, string? Value)[] lines =
        [
            ("Appointment", Status),
            ("Service", content.Text("ServiceName")),
            ("Start", Start),
            ("End", _end),
            facts.Duration is { } length
                ? ("Duration (minutes)", length.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture))
                : ("Duration", Given("Duration")),
            ("Staff", _staff),
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

    public string? Status => AppointmentEvents.Status(_lead.Event);

    /// <summary>For people.</summary>
    public string? Start { get; }

    /// <summary>What people want to know about it, in the order in which they read it.</summary>
    public IReadOnlyList<(string Name, string Value)> Lines { get; }

    /// <summary>What templates have of it.</summary>
    public Dictionary<string, object?> Values() => new()
    {
        ["Id"] = _content.Text("Id"),
        ["Event"] = _lead.Event,
        ["Status"] = Status,
        ["IsGroup"] = AppointmentFacts.IsOfGroup(_lead),
        ["ServiceName"] = _content.Text("ServiceName"),
        ["Start"] = Start,
        ["End"] = _end,
        ["StartLocal"] = Iso(_facts.Start, _facts.Zone),
        ["EndLocal"] = Iso(_facts.End, _facts.Zone),
        ["StartUtc"] = Iso(_facts.Start),
        ["EndUtc"] = Iso(_facts.End),
        ["TimeZone"] = _facts.Zone is null ? "UTC" : _facts.ZoneName,
        ["Duration"] = _facts.Duration is { } duration
            ? Math.Round(duration.TotalMinutes).ToString(CultureInfo.InvariantCulture)
            : null,
        ["StaffNames"] = _staff,
        ["JoinUrl"] = _content.Text("JoinWebURL"),
        ["Notes"] = _content.Text("CustomerNotes"),
        ["CancelReason"] = _content.Text("CancelReason"),
        ["Lines"] = TemplateValues.Pairs(Lines),
    };

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
