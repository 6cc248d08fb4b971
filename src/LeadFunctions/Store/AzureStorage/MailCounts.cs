using LeadFunctions.Leads;
using LeadFunctions.Store.AzureStorage.Rest;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>Which leads' mails went to whom on a day; recipients are hashes. What somebody got on a day has an entity of its own that every count changes, so that of two at once one conflicts.</summary>
internal sealed class MailCounts(TableClient table, DateOnly day, LeadId lead, int most)
{
    private const int RecipientsInOneStep = BatchText.MostChanges / 2;

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
            if (await table.CommitAsync("count mail", [.. some.SelectMany(recipient => recipient.Changes)]) is not Commit.Done)
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

    /// <summary>The counts of a lead's mails, to be removed with what names their recipients: they are of two days at most, and not in the order of leads.</summary>
    public static async Task<IReadOnlyList<TableChange>> OfLeadAsync(TableClient table, LeadId lead)
    {
        var own = $".{lead.Value:N}";
        var keys = await table.QueryAsync("mail.", "mail/", select: "RowKey").Select(entity => entity.Key).ToHashSetAsync(StringComparer.Ordinal);
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
        var entities = await table.QueryAsync(key, $"{key}/", select: "RowKey").ToListAsync();
        var turn = entities.Find(entity => entity.Key == key);
        var counted = entities.Exists(entity => entity.Key == own);
        return (
            entities.Count(entity => entity.Key != key && entity.Key != own),
            counted,
            turn is null,
            [
                new TableChange.Insert(new TableEntity(own)),
                turn is null ? new TableChange.Insert(new TableEntity(key)) : new TableChange.Replace(new TableEntity(key), turn.ETag!),
            ]);
    }

    /// <summary>Yesterday's stay: an attempt may have begun before midnight.</summary>
    private async Task ForgetAsync()
    {
        var keys = await table.QueryAsync("mail.", StoreKeys.Mails(day.AddDays(-1), ""), select: "RowKey").Select(entity => entity.Key).ToListAsync();
        foreach (var some in keys.Select(key => new TableChange.Delete(key)).Chunk(BatchText.MostChanges))
        {
            // A conflict means that another instance forgets the same.
            await table.CommitAsync("forget mails", some);
        }
    }
}
