using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Which leads' mails went to whom on a day; recipients are hashes. What somebody got on a day has an entity of its own that every count
/// changes, so that of two at once one conflicts.
/// </summary>
internal sealed class MailCounts(StorePartition mails, DateOnly day, LeadId lead, int most)
{
    private const int RecipientsInOneStep = StorePartition.MostChanges / 2;

    /// <summary>Null when somebody else counted at the same moment.</summary>
    public async Task<bool?> CountAsync(IReadOnlyList<byte[]> recipients)
    {
        var hashes = recipients.Select(Convert.ToHexStringLower).Distinct(StringComparer.Ordinal).ToArray();
        var known = await Task.WhenAll(hashes.Select(ReadAsync));
        if (known.Any(recipient => recipient.Others >= most))
        {
            return false;
        }

        var changes = known.Where(recipient => !recipient.Counted).ToArray();
        foreach (var some in changes.Chunk(RecipientsInOneStep))
        {
            if (await mails.CommitAsync("count mail", [.. some.SelectMany(recipient => recipient.Changes)]) is not Commit.Done)
            {
                return null;
            }
        }

        if (changes.Any(recipient => recipient.IsFirst))
        {
            await ForgetAsync();
        }

        return true;
    }

    /// <summary>
    /// The counts of a lead's mails, to be removed with what names their recipients: they are of two days at most, and not in the order of
    /// leads.
    /// </summary>
    public static async Task<IReadOnlyList<TableChange>> OfLeadAsync(StorePartition mails, LeadId lead)
    {
        var own = $".{lead.Value:N}";
        var keys = await mails.QueryAsync("mail.", "mail/", select: "RowKey")
            .Select(entity => entity.RowKey)
            .ToHashSetAsync(StringComparer.Ordinal);
        return [.. keys
            .Where(key => key.EndsWith(own, StringComparison.Ordinal))
            .SelectMany(key => new[] { key, key[..^own.Length] })
            .Where(keys.Contains)
            .Select(key => new TableChange.Delete(key))];
    }

    private async Task<(int Others, bool Counted, bool IsFirst, IReadOnlyList<TableChange> Changes)> ReadAsync(string recipient)
    {
        var key = StoreKeys.Mails(day, recipient);
        var own = $"{key}.{lead.Value:N}";
        var entities = await mails.QueryAsync(key, $"{key}/", select: "RowKey").ToListAsync();
        var turn = entities.Find(entity => entity.RowKey == key);
        var counted = entities.Exists(entity => entity.RowKey == own);
        return (
            entities.Count(entity => entity.RowKey != key && entity.RowKey != own),
            counted,
            turn is null,
            [
                new TableChange.Insert(TableEntity.New(own)),
                turn is null ? new TableChange.Insert(TableEntity.New(key)) : new TableChange.Replace(TableEntity.New(key), turn.ETag),
            ]);
    }

    /// <summary>Yesterday's stay: an attempt may have begun before midnight.</summary>
    private async Task ForgetAsync()
    {
        var keys = await mails.QueryAsync("mail.", StoreKeys.Mails(day.AddDays(-1), ""), select: "RowKey")
            .Select(entity => entity.RowKey)
            .ToListAsync();
        foreach (var some in keys.Select(key => new TableChange.Delete(key)).Chunk(StorePartition.MostChanges))
        {
            // A conflict means that another instance forgets the same.
            await mails.CommitAsync("forget mails", some);
        }
    }
}
