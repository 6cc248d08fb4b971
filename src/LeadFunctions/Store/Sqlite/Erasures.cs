using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Looks through all leads and refused bodies for one person's data, and erases it, in steps between which others write.</summary>
internal sealed class Erasures(SqliteLeadStore store, Erasing erasing, string by, DateTimeOffset now)
{
    public async Task<Erasure> RunAsync(bool countOnly) => await LeadsAsync(countOnly) + await RefusedAsync(countOnly);

    private async Task<Erasure> LeadsAsync(bool countOnly)
    {
        var total = 0;
        for (long? after = 0; after is { } from;)
        {
            (var keys, after) = await store.ReadAsync(session => EraseTables.FindLeads(session, erasing, from));
            total += countOnly ? keys.Count : await store.WriteAsync(session => keys.Count(key => EraseTables.EraseLead(session, key, erasing, by, now)));
        }

        return new Erasure(total, 0);
    }

    private async Task<Erasure> RefusedAsync(bool countOnly)
    {
        var total = 0;
        LeadId? next = null;
        do
        {
            var last = next;
            (var ids, next) = await store.ReadAsync(session => EraseTables.FindRefused(session, erasing, last));
            total += ids.Count;
            if (!countOnly)
            {
                await store.WriteAsync(session =>
                {
                    ids.ForEach(id => EraseTables.EraseRefused(session, id, by, now));
                    return true;
                });
            }
        }
        while (next is not null);

        return new Erasure(0, total);
    }
}
