namespace LeadFunctions.Settings;

/// <summary>The program can't start with this configuration; every fault is listed.</summary>
internal sealed class SettingsException(IReadOnlyList<SettingFault> faults) : Exception(Describe(faults))
{
    public IReadOnlyList<SettingFault> Faults { get; } = faults;

    private static string Describe(IReadOnlyList<SettingFault> faults) =>
        $"LeadFunctions can't start: {faults.Count} {(faults.Count == 1 ? "fault" : "faults")} in the configuration."
        + string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault.Key}: {fault.Message}"));
}
