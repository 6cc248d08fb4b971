using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

public sealed class AzureKillTests(SharedAzurite azurite) : KillTests
{
    // The emulator goes through its whole table for each query: what a lead costs there grows with their number.
    private protected override int Leads { get; } = CrashScene.LeadsOr(80);

    private protected override async Task<CrashScene> SetAsync() => await CrashScene.SetOnAsync(await azurite.GetAsync());
}
