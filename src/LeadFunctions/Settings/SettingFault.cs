namespace LeadFunctions.Settings;

/// <summary>Something wrong in the configuration: the key, and what to do about it. Never the value: it may be a secret.</summary>
internal sealed record SettingFault(string Key, string Message);
