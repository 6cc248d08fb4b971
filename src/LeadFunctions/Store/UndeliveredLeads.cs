using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>How much was taken from one store into another.</summary>
/// <param name="Left">Leads that stay, because a delivery needs the answer to another one, which only the old store has.</param>
internal readonly record struct UndeliveredLeads(int Leads, int Deliveries, int Left = 0)
{
    private const int LeadsAtOnce = 100;

    /// <summary>
    /// Takes every lead that has deliveries which have not arrived, with these deliveries: due now, their count at zero. A lead that the
    /// other store has already is passed over, so what was interrupted can be begun again.
    /// </summary>
    public static async Task<UndeliveredLeads> CopyAsync(ILeadStore from, ILeadStore into)
    {
        var total = default(UndeliveredLeads);
        foreach (var state in new[] { RunState.DeadLetter, RunState.InProgress })
        {
            LeadId? before = null;
            do
            {
                var page = await from.ListRunsAsync(new RunFilter(state), before, LeadsAtOnce);
                foreach (var run in page.Items)
                {
                    total += await CopyAsync(run, into);
                }

                before = page.Next;
            }
            while (before is not null);
        }

        return total;
    }

    public static UndeliveredLeads operator +(UndeliveredLeads one, UndeliveredLeads other) =>
        new(one.Leads + other.Leads, one.Deliveries + other.Deliveries, one.Left + other.Left);

    private static async Task<UndeliveredLeads> CopyAsync(Run run, ILeadStore into)
    {
        var undelivered = run.Deliveries.Where(delivery => delivery.State.Status is not (DeliveryStatus.Delivered or DeliveryStatus.Discarded)).ToList();
        if (undelivered.Exists(delivery => run.Deliveries.Any(other => other.Destination == delivery.After && other.State.Answer is not null)))
        {
            return new UndeliveredLeads(0, 0, Left: 1);
        }

        if (await into.FindRunAsync(run.Lead.Id) is not null)
        {
            return default;
        }

        // What waited for a delivery that has arrived is due; the others go on waiting.
        var planned = undelivered.ConvertAll(delivery => new PlannedDelivery(delivery.Destination, undelivered.Exists(other => other.Destination == delivery.After) ? delivery.After : null));
        await into.AcceptAsync(run.Lead, Fingerprint(run.Lead.Id), repeatsSince: null, planned);
        return new UndeliveredLeads(1, planned.Count);
    }

    // The content's own is not to be had from the outside; a repeat within the duplicate window is a new lead then.
    private static byte[] Fingerprint(LeadId id) => SHA256.HashData(Encoding.UTF8.GetBytes($"moved\n{id}"))[..16];
}
