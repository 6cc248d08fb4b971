namespace LeadFunctions.Store;

/// <summary>
/// Small values that parts of the program keep for themselves over a restart: how far a calendar was read, which destination is in trouble,
/// when <see cref="Retention"/> last ran. Each part has a scope of its own. See <see cref="ILeadStore"/>.
/// </summary>
internal interface IKeyValueStore
{
    /// <summary>All values of a scope, in no order.</summary>
    Task<IReadOnlyList<StoredValue>> FindValuesAsync(string scope);

    /// <summary>Stores a value under a key, in the place of an earlier one; null removes it.</summary>
    Task SetValueAsync(string scope, string key, string? value);

    /// <summary>
    /// As <see cref="SetValueAsync"/>, if the stored value is still the expected one (null: there is none); false, and nothing is changed,
    /// when it is not.
    /// </summary>
    Task<bool> ReplaceValueAsync(string scope, string key, string? expected, string value);
}

/// <summary>A value under its key. Only the part that stored it understands it.</summary>
/// <param name="Key">Any text of up to 1,000 letters, such as a remote system's name of a thing.</param>
internal sealed record StoredValue(string Key, string Value);
