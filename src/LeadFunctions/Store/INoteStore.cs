namespace LeadFunctions.Store;

/// <summary>What the program notes for itself, so that it knows after a restart how far it came. See <see cref="ILeadStore"/>.</summary>
internal interface INoteStore
{
    /// <summary>
    /// What a reader of a remote system has noted, so that it can tell after a restart what is new there; <see cref="Retention"/> notes
    /// when it worked. In no order.
    /// </summary>
    Task<IReadOnlyList<StoredNote>> FindNotesAsync(string reader);

    /// <summary>Notes what was seen under a key, in the place of an earlier note; with null there is none any more.</summary>
    Task RecordNoteAsync(string reader, string key, string? state);

    /// <summary>
    /// As <see cref="RecordNoteAsync"/>, if what is noted is still what is expected (null: nothing); false, and nothing is changed, when it
    /// is not.
    /// </summary>
    Task<bool> ReplaceNoteAsync(string reader, string key, string? expected, string state);
}

/// <summary>What a reader of a remote system noted about one thing there. Only the reader understands it.</summary>
/// <param name="Key">The remote system's name of the thing: any text of up to 1,000 letters.</param>
internal sealed record StoredNote(string Key, string State);
