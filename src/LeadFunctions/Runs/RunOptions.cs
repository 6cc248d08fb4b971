using System.Net;
using LeadFunctions.Hosting;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Settings;

namespace LeadFunctions.Runs;

/// <summary>Who may read the run history.</summary>
/// <param name="Keys">Keys of 16 characters or more; with none the history is closed, or for this machine alone.</param>
/// <param name="IsLocal">
/// Without keys, where nobody but this machine reaches the program: one is made and shown at the start. Behind the Functions host every
/// caller comes from loopback, so there only in Development, and never in Azure, which keeps what the program prints.
/// </param>
/// <param name="BehindHost">The Functions host's worker: requests come by way of the host.</param>
internal sealed record RunOptions(IReadOnlyList<AccessKey> Keys, bool IsLocal, bool BehindHost)
{
    /// <summary>Reverse proxies whose <c>X-Forwarded-For</c> is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public static RunOptions Read(SettingsReader settings, StartEnvironment start, IHostEnvironment environment)
    {
        var keys = AccessKeys.Read(settings, "Runs:Keys");
        return new RunOptions(
            keys,
            keys.Count == 0 && !start.InAzure && (start.BehindHost ? environment.IsDevelopment() : start.OnLoopbackOnly),
            start.BehindHost)
        {
            TrustedProxies = start.TrustedProxies,
        };
    }

    /// <summary>With the key of this machine where none is set; it is made at the first start.</summary>
    public RunOptions WithLocalKey(string storePath) => IsLocal ? this with { Keys = [LocalKey.Ensure(storePath)] } : this;
}
