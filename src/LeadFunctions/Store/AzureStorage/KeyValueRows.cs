using Azure.Data.Tables;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>The rows of <see cref="IKeyValueStore"/>.</summary>
internal static class KeyValueRows
{
    public static async Task<IReadOnlyList<StoredValue>> FindAsync(StorePartition notes, string scope)
    {
        var (from, before) = StoreKeys.Values(scope);
        return await notes
            .QueryAsync(from, before)
            .Select(entity => new StoredValue(entity.Text("Key"), entity.Text("State")))
            .ToListAsync();
    }

    public static async Task RecordAsync(StorePartition notes, string scope, string key, string? value)
    {
        var entity = TableEntity.New(StoreKeys.Value(scope, key));
        // To take away what is not there is no conflict that matters.
        await notes.CommitAsync(
            "note",
            [value is null ? new TableChange.Delete(entity.RowKey) : new TableChange.Put(entity.With("Key", key).With("State", value))]);
    }

    public static async Task<bool> ReplaceAsync(StorePartition notes, string scope, string key, string? expected, string value)
    {
        var entity = TableEntity.New(StoreKeys.Value(scope, key)).With("Key", key).With("State", value);
        var found = await notes.FindAsync(entity.RowKey);
        return found?.TextOrNull("State") == expected
            && await notes.CommitAsync(
                "note",
                [found is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, found.ETag)]) switch
            {
                Commit.Done => true,
                // Of a try without an answer, whether what is there now is what was to be written.
                Commit.Conflict { MayBeOwn: true } => (await notes.FindAsync(entity.RowKey))?.TextOrNull("State") == value,
                _ => false,
            };
    }
}
