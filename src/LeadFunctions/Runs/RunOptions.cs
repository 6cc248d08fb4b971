using LeadFunctions.Hosting;
using LeadFunctions.Settings;

namespace LeadFunctions.Runs;

/// <summary>Who may read the run history.</summary>
/// <param name="Keys">Keys of 16 characters or more; with none the history is open on loopback alone, and closed elsewhere.</param>
/// <param name="IsOpen">Without keys: may anybody who reaches it read? Behind the Functions host every caller comes from loopback, so there only in Development.</param>
/// <param name="BehindHost">Requests are forwarded by the Functions host on this machine.</param>
internal sealed record RunOptions(IReadOnlyList<AccessKey> Keys, bool IsOpen, bool BehindHost)
{
    public static RunOptions Read(SettingsReader settings, StartEnvironment start, IHostEnvironment environment)
    {
        var keys = AccessKeys.Read(settings, "Runs:Keys");
        return new RunOptions(keys, keys.Count == 0 && (start.BehindHost ? environment.IsDevelopment() : start.OnLoopbackOnly), start.BehindHost);
    }
}
