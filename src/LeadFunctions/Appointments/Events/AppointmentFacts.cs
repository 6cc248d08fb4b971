using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Events;

/// <summary>What the content of an appointment's lead says, read into types.</summary>
/// <param name="Start">Null when it is absent or can't be read as a time; the same holds for the others.</param>
/// <param name="Zone">The customer's time zone; null when absent or unknown.</param>
/// <param name="ZoneName">The name that the event gave the customer's time zone.</param>
/// <param name="StaffNames">The hosts; an appointment can have several.</param>
/// <param name="Answers">The customer's answers to the business's questions; a question that was not answered says so.</param>
internal sealed record AppointmentFacts(
    DateTimeOffset? Start,
    DateTimeOffset? End,
    TimeSpan? Duration,
    TimeZoneInfo? Zone,
    string? ZoneName,
    IReadOnlyList<string> StaffNames,
    IReadOnlyList<(string Question, string Answer)> Answers)
{
    /// <summary>Far more than people are asked.</summary>
    private const int MostAnswers = 500;

    /// <summary>How many items of the questions' list are not in <see cref="Answers"/>, because there are too many.</summary>
    public int UnreadAnswers { get; private init; }

    private const string Unanswered = "(no answer)";

    /// <summary>Null when nothing tells which appointment it is, as in the content of an erased lead.</summary>
    public static string? AppointmentId(LeadContent content) => content.Text("Id") ?? content.Text("SelfServiceAppointmentId");

    /// <summary>Whether it says anything about the customer that can be told to people.</summary>
    public static bool HasCustomerDetails(LeadContent content) => content.Root.TryGetProperty("UserDetails", out _);

    /// <summary>Whether mails can go to the customer.</summary>
    public static bool HasCustomerAddress(LeadContent content) => content.Text("UserDetails", "Email") is not null;

    public static AppointmentFacts Of(LeadContent content)
    {
        var (start, end) = (TimeText.Parse(content.Text("StartTime")), TimeText.Parse(content.Text("EndTime")));
        var duration = content.Root.TryGetProperty(nameof(Duration), out var given) ? TimeText.ParseDuration(given) : null;
        var zoneName = content.Text("CustomerTimeZone");
        return new AppointmentFacts(
            start,
            end ?? TimeText.Sum(start, duration),
            duration ?? (end - start),
            TimeText.Zone(zoneName),
            zoneName,
            [
                .. Items(content, "StaffMembers")
                    .Select(member => Text(member, "DisplayName") ?? Text(member, "EmailAddress"))
                    .OfType<string>(),
            ],
            [.. Items(content, "CustomQuestionAnswers").Take(MostAnswers).Select(Answer).OfType<(string, string)>()])
        {
            UnreadAnswers = Math.Max(0, Items(content, "CustomQuestionAnswers").Count() - MostAnswers),
        };
    }

    /// <summary>A question and its answer as text, whatever the kind of the answer; null when the item says nothing.</summary>
    public static (string Question, string Answer)? Answer(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return ValueText.Of(item) is { Length: > 0 } alone ? ("", alone) : null;
        }

        var (question, answer, options) = (Words(item, "Question"), Words(item, "Answer"), Words(item, "SelectedOptions"));
        var text = answer.Length == 0 ? options
            : options.Length == 0 || answer.Contains(options, StringComparison.Ordinal) ? answer
            : $"{answer} ({options})";
        return text.Length > 0 ? (question, text) : question.Length > 0 ? (question, Unanswered) : null;
    }

    /// <summary>Whether <see cref="Answer"/> tells this property of a question's item.</summary>
    public static bool IsInAnswer(string property) => property is "Question" or "Answer" or "SelectedOptions";

    /// <summary>The appointment is a group's (a class): it has more than one place, or came with its customers in a list.</summary>
    public static bool IsOfGroup(Lead lead) =>
        (lead.SharedRow is { } sharedRow && sharedRow.RowId != sharedRow.GroupId)
        || (lead.Content.Root.TryGetProperty("MaxAttendeesCount", out var most) && Places(most.ToString()) > 1);

    /// <summary>How many customers the appointment has room for, from <c>MaxAttendeesCount</c>; null when that is no number.</summary>
    public static decimal? Places(string? most) =>
        decimal.TryParse(most, NumberStyles.Float, CultureInfo.InvariantCulture, out var places) ? places : null;

    private static JsonElement.ArrayEnumerator Items(LeadContent content, string name) =>
        content.Root.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string Words(JsonElement item, string name) =>
        ValueText.Of(
            item.EnumerateObject().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value);

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
        && item.EnumerateObject().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
            is { ValueKind: JsonValueKind.String } value
        && !string.IsNullOrWhiteSpace(value.GetString())
            ? value.GetString()
            : null;
}
