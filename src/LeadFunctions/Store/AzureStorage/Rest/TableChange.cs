namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>One change of an entity group transaction: all of them happen, or none.</summary>
internal abstract record TableChange(string Key)
{
    /// <summary>Conflicts when there is one of this key.</summary>
    internal sealed record Insert(TableEntity Entity) : TableChange(Entity.Key);

    /// <summary>Conflicts when there is none, or another version than <paramref name="ETag"/>; <c>*</c> stands for any.</summary>
    internal sealed record Replace(TableEntity Entity, string ETag) : TableChange(Entity.Key);

    /// <summary>Adds to what is there; conflicts when there is none.</summary>
    internal sealed record Merge(TableEntity Entity) : TableChange(Entity.Key);

    /// <summary>Never conflicts.</summary>
    internal sealed record Put(TableEntity Entity) : TableChange(Entity.Key);

    /// <summary>As <see cref="Replace"/>.</summary>
    internal sealed record Delete(string Key, string ETag = "*") : TableChange(Key);
}
