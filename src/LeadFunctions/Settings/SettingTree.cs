namespace LeadFunctions.Settings;

/// <summary>A setting with everything below it, for settings whose shape is the publisher's own.</summary>
/// <param name="Value">Null where it has children alone.</param>
internal sealed record SettingTree(string Name, string? Value, IReadOnlyList<SettingTree> Children);
