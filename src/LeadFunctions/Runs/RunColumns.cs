using System.Globalization;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>What the columns of an export hold.</summary>
internal static class RunColumns
{
    private static readonly string[] OfLead =
    [
        "leadId", "receivedAt", "source", "event", "status", "isTest", "doNotContact", "firstName", "lastName", "email", "phone", "company", "title", "country",
        "offerTitle", "actionCode", "leadSource", "description",
    ];

    public static readonly IReadOnlyList<string> OfRefused = ["refusedId", "receivedAt", "source", "event", "httpStatus", "errors", "body"];

    public static IEnumerable<string> Of(IEnumerable<string> destinations) =>
        OfLead.Concat(destinations.SelectMany(destination => new[] { destination, $"{destination} error" }));

    public static IEnumerable<string?> Cells(Run run, IEnumerable<string> destinations)
    {
        var (lead, content) = (run.Lead, run.Lead.Content);
        return new[]
        {
            lead.Id.ToString(), Time(lead.ReceivedAt), lead.Source, lead.Event, RunStatus.Of(run), Word(lead.Facts.IsTest), Word(lead.Facts.DoNotContact),
            content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName"), content.Text("UserDetails", "Email"), content.Text("UserDetails", "Phone"),
            content.Text("UserDetails", "Company"), content.Text("UserDetails", "Title"), content.Text("UserDetails", "Country"),
            content.Offer, content.Text("ActionCode"), content.Text("LeadSource"), content.Text("Description"),
        }.Concat(destinations.SelectMany(destination => Cells(run.Deliveries.FirstOrDefault(delivery => delivery.Destination == destination))));
    }

    public static IEnumerable<string?> Cells(RefusedBody refused) =>
    [
        refused.Id.ToString(), Time(refused.ReceivedAt), refused.Source, refused.Event, refused.HttpStatus.ToString(CultureInfo.InvariantCulture),
        string.Join('\n', refused.Violations.Select(violation => $"{violation.Path} {violation.Message}".TrimStart())), refused.Text,
    ];

    private static string?[] Cells(RunDelivery? delivery) => [delivery is null ? null : StatusText.Of(delivery.State.Status), delivery?.State.LastError];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Word(bool value) => value ? "true" : "false";
}
