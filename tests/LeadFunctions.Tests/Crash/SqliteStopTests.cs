namespace LeadFunctions.Tests.Crash;

public sealed class SqliteStopTests : StopTests
{
    private protected override Task<CrashScene> SetAsync() => CrashScene.SetAsync();

    private protected override Task<CrashScene> SetBehindHostAsync() => CrashScene.SetBehindHostAsync();
}
