namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>What became of an entity group transaction.</summary>
internal abstract record Commit
{
    internal sealed record Done : Commit;

    /// <summary>Nothing was written: a change met something that it didn't expect (exists, is gone, is another version).</summary>
    /// <param name="MayBeOwn">An earlier try ended without an answer, so that it may have been this very transaction that is met now.</param>
    internal sealed record Conflict(bool MayBeOwn) : Commit;
}
