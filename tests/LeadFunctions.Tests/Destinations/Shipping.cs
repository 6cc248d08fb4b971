using LeadFunctions.Destinations;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Destinations;

/// <summary>Sends a lead as its only delivery; what was sent has tests of its own.</summary>
internal static class Shipping
{
    public static async Task<DeliveryOutcome> SendAsync(this IDestination destination, Lead lead, CancellationToken stop) =>
        await destination.SendAsync(Of(lead), stop) with { Request = null };

    public static LeadDelivery Of(Lead lead) => new(1, lead, "there", 1, 0);
}
