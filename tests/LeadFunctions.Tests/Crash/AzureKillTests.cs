using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

public sealed class AzureKillTests(SharedAzurite azurite) : KillTests
{
    private protected override async Task<CrashScene> SetAsync() => await CrashScene.SetOnAsync(await azurite.GetAsync());
}
