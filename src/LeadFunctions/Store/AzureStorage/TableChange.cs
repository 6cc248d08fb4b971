using Azure;
using Azure.Data.Tables;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>One change of an entity group transaction: all of them happen, or none.</summary>
internal abstract record TableChange(string Key)
{
    /// <summary>
    /// The SDK ignores the entity's own version, and takes an update without one for "whatever is there": each change says which it means.
    /// </summary>
    public abstract TableTransactionAction For(string partition);

    private static TableEntity In(string partition, TableEntity entity)
    {
        entity.PartitionKey = partition;
        return entity;
    }

    /// <summary>Conflicts when there is one of this key.</summary>
    internal sealed record Insert(TableEntity Entity) : TableChange(Entity.RowKey)
    {
        public override TableTransactionAction For(string partition) => new(TableTransactionActionType.Add, In(partition, Entity));
    }

    /// <summary>
    /// Conflicts when there is none, or another version than <paramref name="Version"/>; <see cref="ETag.All"/> stands for any.
    /// </summary>
    internal sealed record Replace(TableEntity Entity, ETag Version) : TableChange(Entity.RowKey)
    {
        public override TableTransactionAction For(string partition) =>
            new(TableTransactionActionType.UpdateReplace, In(partition, Entity), Version);
    }

    /// <summary>Adds to what is there; conflicts when there is none.</summary>
    internal sealed record Merge(TableEntity Entity) : TableChange(Entity.RowKey)
    {
        public override TableTransactionAction For(string partition) =>
            new(TableTransactionActionType.UpdateMerge, In(partition, Entity), ETag.All);
    }

    /// <summary>Never conflicts.</summary>
    internal sealed record Put(TableEntity Entity) : TableChange(Entity.RowKey)
    {
        public override TableTransactionAction For(string partition) =>
            new(TableTransactionActionType.UpsertReplace, In(partition, Entity));
    }

    /// <summary>As <see cref="Replace"/>; without a version, of any.</summary>
    internal sealed record Delete(string Key, ETag? Version = null) : TableChange(Key)
    {
        public override TableTransactionAction For(string partition) =>
            new(TableTransactionActionType.Delete, new TableEntity(partition, Key), Version ?? ETag.All);
    }
}

/// <summary>What became of an entity group transaction.</summary>
internal abstract record Commit
{
    internal sealed record Done : Commit;

    /// <summary>Nothing was written: a change met something that it didn't expect (exists, is gone, is another version).</summary>
    /// <param name="MayBeOwn">
    /// An earlier try ended without an answer, so that it may have been this very transaction that is met now.
    /// </param>
    internal sealed record Conflict(bool MayBeOwn) : Commit;
}
