using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Looks through all leads and refused bodies for one person's data, and erases it, in steps between which others write.</summary>
internal sealed class Erasures(SqliteDatabase database, PersonalDataEraser erasing, string by, DateTimeOffset now)
{
    /// <summary>All refused bodies with the first step, leads step by step in the order in which they came.</summary>
    public async Task<Erasure> StepAsync(bool countOnly, LeadId? after, int most)
    {
        var refused = after is null ? await RefusedAsync(countOnly) : default;
        var (keys, next) = await database.ReadAsync(session =>
        {
            var from = after is { } id ? LeadIndex.FindKey(session, id) ?? 0 : 0;
            var (found, last) = EraseTables.FindLeads(session, erasing, from, most);
            return (found, last is { } key ? LeadTable.Read(session, key).Id : (LeadId?)null);
        });
        var leads = countOnly
            ? keys.Count
            : await database.WriteAsync(session => keys.Count(key => EraseTables.EraseLead(session, key, erasing, by, now)));
        return (refused + new Erasure(leads, 0)) with { Next = next };
    }

    private async Task<Erasure> RefusedAsync(bool countOnly)
    {
        var total = 0;
        LeadId? next = null;
        do
        {
            var last = next;
            (var ids, next) = await database.ReadAsync(session => EraseTables.FindRefused(session, erasing, last));
            total += ids.Count;
            if (!countOnly)
            {
                await database.WriteAsync(session =>
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
