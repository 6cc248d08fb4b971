namespace LeadFunctions.Tests.Crash;

public sealed class SqliteKillTests : KillTests
{
    private protected override Task<CrashScene> SetAsync() => CrashScene.SetAsync();
}
