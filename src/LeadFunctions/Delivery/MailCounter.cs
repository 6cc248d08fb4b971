using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Delivery;

/// <summary>Counts mails to customers in the store, so that neither a restart nor a second attempt changes the count.</summary>
internal sealed class MailCounter(IDeliveryStore store, TimeProvider time)
{
    /// <summary>As <see cref="IDeliveryStore.CountMailAsync"/>, for today (UTC); null while the store is away.</summary>
    public async Task<bool?> CountAsync(IReadOnlyList<byte[]> recipients, LeadId lead, int most)
    {
        try
        {
            return await store.CountMailAsync(recipients, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), lead, most);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }
}
