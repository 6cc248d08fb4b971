using System.IO.Enumeration;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Routing;

/// <summary>Which leads go to a destination. Empty lists mean "everything".</summary>
/// <param name="After">It waits until a lead has been delivered to this destination, if the lead goes there too.</param>
/// <param name="When">
/// Property path (<c>UserDetails.Country</c>, <c>Lead.Action</c>) → allowed values, both without regard to case; <c>*</c> stands for any
/// text.
/// </param>
internal sealed record DestinationRoute(
    string Destination,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Events,
    IReadOnlyDictionary<string, IReadOnlyList<string>> When,
    string? After = null)
{
    /// <summary>
    /// It holds a row, which says the newest state of what several leads are about: an older event must not overwrite a newer one. Others
    /// tell people what happened.
    /// </summary>
    public bool KeepsRow { get; init; }

    /// <summary>The names under <c>Lead</c> and <c>Appointment</c> that <see cref="When"/> may ask for.</summary>
    public static readonly IReadOnlyList<string> DerivedNames =
    [
        "Lead.Source",
        "Lead.Storefront",
        "Lead.Action",
        "Lead.OfferId",
        "Lead.IsTest",
        "Lead.DoNotContact",
        "Appointment.IsGroup",
    ];

    public bool Takes(Lead lead) =>
        Allows(Sources, lead.Source)
        && Allows(Events, lead.Event ?? "")
        && When.All(condition => Allows(condition.Value, ValueOf(lead, condition.Key)));

    /// <summary>Where a lead goes.</summary>
    public static IReadOnlyList<PlannedDelivery> Plan(IReadOnlyList<DestinationRoute> routes, Lead lead)
    {
        var taking = new List<DestinationRoute>(routes.Count);
        foreach (var route in routes)
        {
            if (route.Takes(lead))
            {
                taking.Add(route);
            }
        }

        return taking.ConvertAll(route => new PlannedDelivery(
            route.Destination, route.After is { } after && taking.Exists(other => other.Destination == after) ? after : null));
    }

    private static bool Allows(IReadOnlyList<string> allowed, string value) =>
        allowed.Count == 0 || allowed.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, value));

    private static string ValueOf(Lead lead, string property) => (property.ToUpperInvariant() switch
    {
        "LEAD.SOURCE" => lead.Source,
        "LEAD.STOREFRONT" => lead.Facts.Storefront,
        "LEAD.ACTION" => lead.Facts.Action,
        "LEAD.OFFERID" => lead.Facts.OfferId,
        "LEAD.ISTEST" => lead.Facts.IsTest ? "true" : "false",
        "LEAD.DONOTCONTACT" => lead.Facts.DoNotContact ? "true" : "false",
        "APPOINTMENT.ISGROUP" => lead.Source != Leads.Sources.Bookings ? null : AppointmentFacts.IsOfGroup(lead) ? "true" : "false",
        _ => Text(lead.Content.Root, property.Split('.')),
    }) ?? "";

    // Configuration keys have no casing of their own: a lead must not stay behind over one.
    private static string? Text(JsonElement element, IEnumerable<string> path)
    {
        foreach (var name in path)
        {
            element = element.ValueKind == JsonValueKind.Object
                ? element.EnumerateObject().LastOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
                : default;
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
