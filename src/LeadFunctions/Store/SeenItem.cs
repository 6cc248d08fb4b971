namespace LeadFunctions.Store;

/// <summary>What a reader of a remote system noted about one thing there. Only the reader understands it.</summary>
/// <param name="Key">The remote system's name of the thing: any text of up to 1,000 letters.</param>
internal sealed record SeenItem(string Key, string State);
