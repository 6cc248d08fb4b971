using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

public sealed class AzureStopTests(SharedAzurite azurite) : StopTests
{
    private protected override int Posts => 100;

    private protected override async Task<CrashScene> SetAsync() => await CrashScene.SetOnAsync(await azurite.GetAsync());

    private protected override async Task<CrashScene> SetBehindHostAsync() => await CrashScene.SetBehindHostOnAsync(await azurite.GetAsync());
}
