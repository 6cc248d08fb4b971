using LeadFunctions.Appointments.Events;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>Leads that have everything which is documented, for trying templates.</summary>
internal static class SampleLeads
{
    public static Lead Marketplace { get; } = new(
        default,
        Sources.Marketplace,
        null,
        DateTimeOffset.UnixEpoch,
        new LeadContent(
            """
            {"ActionCode":"INS","OfferTitle":"Offer","LeadSource":"AzureMarketplace-INS|publisher.offer","Description":"Text",
            "UserDetails":{"Company":"Company","Country":"US","Email":"someone@example.com","FirstName":"Some","LastName":"One",
            "Phone":"1","Title":"Title"}}
            """u8.ToArray()));

    private static readonly LeadContent AppointmentContent = new(
        """
        {"Id":"AAMkAD-1","SelfServiceAppointmentId":"1","ServiceId":"1","ServiceName":"Service","ServiceNotes":"Text",
        "StartTime":"2026-12-01T09:00:00Z","EndTime":"2026-12-01T09:30:00Z",
        "Duration":30,"CustomerId":"1","CustomerName":"Some One","CustomerEmail":"someone@example.com","CustomerPhone":"1",
        "CustomerNotes":"Text","CustomerTimeZone":"UTC",
        "StaffMembers":[{"Id":"1","DisplayName":"Some Two","EmailAddress":"sometwo@example.com"}],
        "CustomQuestionAnswers":[{"Question":"Question","Answer":"Answer"}],
        "AdditionalInfo":"Text","CancelReason":"Text","JoinWebURL":"https://example.com/join",
        "MaxAttendeesCount":1,"FilledAttendeesCount":1,"IsSMSNotificationsEnabled":false,
        "LastUpdatedDateTime":"2026-11-21T09:00:00Z",
        "UserDetails":{"Company":"Company","Country":"US","Email":"someone@example.com","FirstName":"Some","LastName":"One",
        "Phone":"1","Title":"Title"}}
        """u8.ToArray());

    private static readonly Lead[] All =
    [
        Marketplace,
        .. AppointmentEvents.All.Select(name => new Lead(
            default,
            Sources.Bookings,
            name,
            DateTimeOffset.UnixEpoch,
            AppointmentContent)),
    ];

    /// <summary>Those that a destination takes by their source and event; there is at least one.</summary>
    public static IReadOnlyList<Lead> Of(DestinationRoute route)
    {
        var any = route with { When = new Dictionary<string, IReadOnlyList<string>>() };
        return All.Where(any.Takes).ToArray() is { Length: > 0 } taken ? taken : [Marketplace];
    }

    /// <summary>The first fault that trying them gives, with the kind of lead.</summary>
    public static CheckResult Try(IReadOnlyList<Lead> samples, Func<Lead, string?> fault) =>
        samples
            .Select(lead =>
                fault(lead) is { } found
                    ? $"{(lead.Event is null ? "For a lead of the marketplace" : $"For an appointment that is {lead.Event}")}: {found}"
                    : null)
            .FirstOrDefault(found => found is not null)
            is { } first
            ? new CheckResult("templates", false, first)
            : new CheckResult("templates", true);
}
