using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>How much was taken from one store into another.</summary>
/// <param name="Left">
/// Leads of which a delivery needs what only the old store has, the answer to another one or a newer event of the same row: then nothing
/// was taken.
/// </param>
internal readonly record struct UndeliveredLeads(int Leads, int Deliveries, int Left = 0)
{
    private const int LeadsAtOnce = 100;

    /// <summary>
    /// Takes every lead that has deliveries which have not arrived, with these deliveries: due now, their count at zero. A lead that the
    /// other store has already is passed over, so what was interrupted can be begun again.
    /// </summary>
    public static async Task<UndeliveredLeads> CopyAsync(ILeadStore from, ILeadStore into)
    {
        var undelivered = new HashSet<LeadId>();
        var sharedRows = new List<SharedRow>();
        var left = 0;
        foreach (var state in new[] { RunState.DeadLetter, RunState.InProgress })
        {
            LeadId? before = null;
            do
            {
                var page = await from.ListRunsAsync(new RunFilter(state), before, LeadsAtOnce);
                undelivered.UnionWith(page.Items.Select(run => run.Lead.Id));
                sharedRows.AddRange(page.Items.Select(run => run.Lead.SharedRow).OfType<SharedRow>());
                left += page.Items.Count(NeedsAnAnswer);
                before = page.Next;
            }
            while (before is not null);
        }

        // Without the newest event of its row an older one would be written over what is in the CRM.
        foreach (var sharedRow in sharedRows)
        {
            left += await from.FindNewestAsync(sharedRow) is { } newest && !undelivered.Contains(newest.Id) ? 1 : 0;
        }

        if (left > 0)
        {
            // All or nothing: the old program will be started again for those, and would deliver the others a second time.
            return new UndeliveredLeads(0, 0, left);
        }

        var total = default(UndeliveredLeads);
        // The oldest first, as they came.
        foreach (var id in undelivered.OrderBy(id => id.ToString(), StringComparer.Ordinal))
        {
            total += await from.FindRunAsync(id) is { } run ? await CopyAsync(run, into) : default;
        }

        return total;
    }

    public static UndeliveredLeads operator +(UndeliveredLeads one, UndeliveredLeads other) =>
        new(one.Leads + other.Leads, one.Deliveries + other.Deliveries, one.Left + other.Left);

    private static async Task<UndeliveredLeads> CopyAsync(Run run, ILeadStore into)
    {
        if (await into.FindRunAsync(run.Lead.Id) is not null)
        {
            return default;
        }

        var undelivered = Undelivered(run);
        // What waited for a delivery that has arrived is due; the others go on waiting.
        var planned = undelivered.ConvertAll(delivery => new PlannedDelivery(
            delivery.Destination,
            undelivered.Exists(other => other.Destination == delivery.After) ? delivery.After : null));
        await into.AcceptAsync(run.Lead, DeduplicationKey(run.Lead.Id), repeatsSince: null, planned);
        return new UndeliveredLeads(1, planned.Count);
    }

    private static bool NeedsAnAnswer(Run run) =>
        Undelivered(run).Exists(delivery =>
            run.Deliveries.Any(other => other.Destination == delivery.After && other.State.Answer is not null));

    private static List<RunDelivery> Undelivered(Run run) =>
        [.. run.Deliveries.Where(delivery => delivery.State.Status is not (DeliveryStatus.Delivered or DeliveryStatus.Discarded))];

    // The content's own is not to be had from the outside; a repeat within the duplicate window is a new lead then.
    private static byte[] DeduplicationKey(LeadId id) => SHA256.HashData(Encoding.UTF8.GetBytes($"moved\n{id}"))[..16];
}
