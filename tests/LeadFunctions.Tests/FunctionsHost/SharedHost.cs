using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>One program behind a host, for tests that leave it as it was.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    public const string RunsKey = "a-key-for-the-run-history";

    private readonly TemporaryFolder _folder = new();

    internal HostedProgram Program { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Program = await HostedProgram.StartAsync(
            _folder,
            [
                ("Runs__Keys__anna", RunsKey),
                ("Intake__Keys__0", "a-key-for-running-alone"),
                ("Logging__LogLevel__Default", "Trace"),
                ("Logging__LogLevel__Microsoft", "Trace"),
            ]);

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _folder.Dispose();
    }
}
