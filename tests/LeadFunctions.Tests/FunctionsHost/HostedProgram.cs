using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>
/// The built program as the worker of a host that these tests play (<see cref="PlayedHost"/>). Its data is in the test's folder. <see
/// cref="Client"/> shows the function's key where the host asks for one; <see cref="Stranger"/> shows none.
/// </summary>
internal sealed class HostedProgram : LeadProgram
{
    private HostedProgram(PlayedHost host)
    {
        Host = host;
        Client = new HttpClient(new KeyHandler()) { BaseAddress = host.Url };
        Stranger = new HttpClient { BaseAddress = host.Url };
    }

    /// <summary>The build's output is the function app.</summary>
    public static string BuiltApp => Path.GetDirectoryName(LeadProcess.Built)!;

    public PlayedHost Host { get; }

    public override HttpClient Client { get; }

    public HttpClient Stranger { get; }

    public override int Id => Host.WorkerId;

    public override string Output => Host.Output;

    /// <summary>The function app in a folder of the test's own, which it may change.</summary>
    public static string CopyApp(TemporaryFolder folder)
    {
        var app = folder.File("site/app");
        foreach (var file in Directory.EnumerateFiles(BuiltApp, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(app, Path.GetRelativePath(BuiltApp, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return app;
    }

    /// <param name="app">The function app's folder; none: that of <see cref="LeadProcess.Executable"/>.</param>
    /// <param name="ownParent">For <see cref="PlayedHost.KillHostAsync"/>.</param>
    public static async Task<HostedProgram> StartAsync(
        TemporaryFolder folder,
        IEnumerable<(string Key, string Value)>? settings = null,
        string? app = null,
        bool ownParent = false)
    {
        (string Key, string Value)[] given = [.. settings ?? []];
        List<(string Key, string Value)> all = [("Store__Path", folder.File("data/leads.db"))];
        if (!given.Any(setting => setting.Key.StartsWith("Destinations__", StringComparison.Ordinal)))
        {
            all.AddRange(
            [
                ("Destinations__crm__Kind", "File"), ("Destinations__crm__Path", folder.File("data/crm.jsonl")),
                ("Destinations__mail__Kind", "MailDrop"), ("Destinations__mail__Path", folder.File("data/mail")),
            ]);
        }

        app ??= Path.GetDirectoryName(LeadProcess.Executable)!;
        var program = new HostedProgram(await PlayedHost.StartAsync(app, [.. all, .. given], ownParent));
        await program.WarmUpAsync();
        return program;
    }

    /// <summary>Starts a worker in the place of the one that was killed.</summary>
    public async Task RestartAsync()
    {
        await Host.RestartWorkerAsync();
        await WarmUpAsync();
    }

    // The worker's own limit for a request to meet its invocation is 5 s, which a first one can take where other programs have the cores.
    private Task WarmUpAsync() => Eventually.TrueAsync(
        async () =>
        {
            using var live = await Stranger.GetAsync("/api/health/live", TestContext.Current.CancellationToken);
            return live.IsSuccessStatusCode;
        },
        "the worker answers",
        TimeSpan.FromSeconds(60));

    /// <summary>The timer's call. It ends when the program has ended it, and fails when the function did.</summary>
    public async Task CallTimerAsync(string function = "sweep")
    {
        var outcome = await Host.CallTimerAsync(function);
        Assert.True(outcome.Succeeded, outcome.Fault);
    }

    public override Task KillAsync() => Host.KillWorkerAsync();

    /// <summary>The host tells its worker to end.</summary>
    public override Task<int> TerminateAsync() => Host.TerminateAsync();

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Stranger.Dispose();
        await Host.DisposeAsync();
    }

    private sealed class KeyHandler() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // Elsewhere the program would take it for a key of its own.
            if (request.RequestUri!.AbsolutePath is "/api/leads"
                || request.RequestUri.AbsolutePath.StartsWith("/api/appointments/", StringComparison.Ordinal))
            {
                request.Headers.Remove("x-functions-key");
                request.Headers.TryAddWithoutValidation("x-functions-key", PlayedHost.FunctionKey);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
