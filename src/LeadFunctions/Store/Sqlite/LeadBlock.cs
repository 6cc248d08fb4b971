namespace LeadFunctions.Store.Sqlite;

/// <summary>Leads whose ids follow each other, with what a list needs to know to pass over all of them at once.</summary>
/// <param name="NoDestination">How many of them go nowhere.</param>
/// <param name="LowestKey">None of its leads has a lower key; other leads may have one between the two.</param>
internal sealed record LeadBlock(string FirstId, string LastId, int Leads, int NoDestination, long LowestKey, long HighestKey)
{
    /// <summary>Its leads have all the keys between the two, and no other lead has one of them.</summary>
    public bool HasAllKeys => HighestKey - LowestKey + 1 == Leads;

    public IdRange Ids => new(FirstId, IdRange.After(LastId));
}
