using System.Net;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Crash;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>How a worker starts, lives by the timer, and ends: told to, killed, and when its host is gone.</summary>
public sealed class WorkerLifeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_timers_call_ends_when_what_is_due_has_been_tried()
    {
        await using var scene = await CrashScene.SetBehindHostAsync();
        await scene.StartAsync();
        using var crm = scene.Dataverse.Hold();
        await scene.PostAsync(1);
        await scene.Dataverse.WaitForAsync(() => scene.Dataverse.InFlight == 1);

        var timer = ((HostedProgram)scene.Program).CallTimerAsync();
        Assert.False(timer.IsCompleted);
        crm.Release();
        await timer;

        Assert.Equal(Assert.Single(scene.Acknowledged), Assert.Single(scene.Dataverse.Rows).Key);
    }

    [Fact]
    public async Task The_timer_of_calendars_does_nothing_where_none_are_configured()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder);

        await program.CallTimerAsync("readbookings");
    }

    [Fact]
    public async Task Killed_between_the_answer_and_the_delivery_the_next_worker_delivers()
    {
        using var folder = new TemporaryFolder();
        // A folder where the file should be: the destination is down.
        Directory.CreateDirectory(folder.File("data/crm.jsonl"));
        await using var program = await HostedProgram.StartAsync(
            folder,
            [("Delivery__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:00.2", 100)))]);
        using var response = await program.PostAsync(Samples.Documented);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);

        await program.KillAsync();
        using var refused = await program.PostAsync(Samples.Documented);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Directory.Delete(folder.File("data/crm.jsonl"));
        await program.RestartAsync();

        await Eventually.TrueAsync(
            () => folder.Holds("data/crm.jsonl") && folder.Holds("data/mail/*.eml"),
            "the row and the mail are there");
        Assert.Single(await File.ReadAllLinesAsync(folder.File("data/crm.jsonl"), Stop));
        Assert.Single(Directory.EnumerateFiles(folder.File("data/mail"), "*.eml"));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_the_load_again_and_again_no_acknowledged_lead_is_lost()
    {
        const int Kills = 2;
        await using var scene = await CrashScene.SetBehindHostAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await scene.KillUnderLoadAsync(100, enough: kill * 25);
        }

        await scene.StartAsync();
        await scene.WaitUntilAllArrivedAsync();

        Assert.NotEmpty(scene.Acknowledged);
        Assert.All(scene.Refusals.Keys, status => Assert.Equal(HttpStatusCode.InternalServerError, status));
        scene.AssertAtMostOneExtraMail(Kills);
    }

    [Fact]
    public async Task Ended_alone_it_says_so_by_its_exit_code_so_that_its_host_starts_another()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder);

        await program.Host.SignalAsync("TERM");

        Assert.Equal(1, await program.Host.WaitForExitAsync());
    }

    [Fact]
    public async Task When_its_host_is_killed_it_ends_too_and_another_program_can_have_the_store()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There the host's job object ends it.");
        await using var dataverse = await FakeDataverse.StartAsync();
        using var folder = new TemporaryFolder();
        (string, string)[] settings =
        [
            ("Store__Path", folder.File("data/leads.db")),
            ("Destinations__crm__Kind", "Dataverse"),
            ("Destinations__crm__Url", dataverse.Url.ToString()),
            ("Destinations__crm__Auth", "None"),
        ];
        await using var first = await HostedProgram.StartAsync(folder, settings, ownParent: true);
        // What is under way holds nobody up.
        using var crm = dataverse.Hold();
        using var posted = await first.PostAsync(Samples.Documented);
        await dataverse.WaitForAsync(() => dataverse.InFlight == 1);
        var worker = first.Id;

        await first.Host.KillHostAsync();
        await Eventually.TrueAsync(
            () =>
                !Directory.Exists($"/proc/{worker}") || File.ReadAllText($"/proc/{worker}/stat").Contains(") Z ", StringComparison.Ordinal),
            "the worker has ended",
            TimeSpan.FromSeconds(60));
        crm.Release();

        await using var second = await HostedProgram.StartAsync(folder, [.. settings, ("Delivery__RetrySchedule", "00:00:00.2")]);
        await dataverse.WaitForAsync(() => dataverse.Rows.Count == 1);
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
    }

    [Fact]
    public async Task Addresses_and_limits_of_the_server_that_runs_alone_are_not_the_workers()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(
            folder,
            [
                ("Kestrel__Endpoints__Http__Url", $"http://127.0.0.1:{FreePort.Next()}"),
                ("Kestrel__Limits__MaxRequestBodySize", "10"),
                ("ASPNETCORE_URLS", $"http://127.0.0.1:{FreePort.Next()}"),
            ]);

        using var response = await program.PostAsync(Samples.Documented);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Without_settings_its_data_lies_beside_the_apps_folder_and_not_in_it()
    {
        using var folder = new TemporaryFolder();
        var app = HostedProgram.CopyApp(folder);
        string[] before = [.. Directory.EnumerateFileSystemEntries(app)];
        await using var host = await PlayedHost.StartAsync(app, []);
        using var client = new HttpClient { BaseAddress = host.Url };
        client.DefaultRequestHeaders.Add("x-functions-key", PlayedHost.FunctionKey);
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await client.PostAsync("/api/leads", new StringContent(Samples.Documented), Stop);
                return response.StatusCode == HttpStatusCode.Accepted;
            },
            "a lead is taken");
        await Eventually.TrueAsync(
            () => folder.Holds("site/data/crm.jsonl") && folder.Holds("site/data/mail/*.eml"),
            "the row and the mail are there");

        Assert.True(folder.Holds("site/data/leads.db"));
        Assert.Equal(before.Order(), Directory.EnumerateFileSystemEntries(app).Order());
        Assert.Contains(Path.Combine("site", "data", "crm.jsonl"), host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_can_t_be_used_ends_it_with_2_and_every_fault()
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await LeadProcess.RunAsync(
            folder,
            [("Intake__Keys__0", "short-secret"), ("Delivery__Concurrency", "many"), ("Store__Path", folder.File("leads.db"))],
            "--host",
            "127.0.0.1",
            "--port",
            "1",
            "--functions-uri",
            "http://127.0.0.1:1/",
            "--functions-worker-id",
            "x",
            "--functions-request-id",
            "x",
            "--functions-grpc-max-message-length",
            "1");

        Assert.Equal(2, exitCode);
        Assert.Contains("Intake:Keys:", output, StringComparison.Ordinal);
        Assert.Contains("Delivery:Concurrency:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alone_nothing_of_the_worker_is_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        string[] workers = ["Microsoft.Azure.Functions", "Grpc.", "Google.Protobuf", "Microsoft.AspNetCore.Mvc"];
        using var folder = new TemporaryFolder();
        await using (var alone = await LeadProcess.StartAsync(folder))
        {
            using var posted = await alone.PostAsync(Samples.Documented);
            using var page = await alone.Client.GetAsync("/api/runs", Stop);
            Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (posted.StatusCode, page.StatusCode));
            var loaded = await LoadedAsync(alone);
            Assert.All(workers, name => Assert.DoesNotContain(name, loaded, StringComparison.Ordinal));
        }

        // The look itself: it would see them.
        await using var hosted = await HostedProgram.StartAsync(folder);
        var there = await LoadedAsync(hosted);
        Assert.All(workers, name => Assert.Contains(name, there, StringComparison.Ordinal));
    }

    private static Task<string> LoadedAsync(LeadProgram program) => File.ReadAllTextAsync($"/proc/{program.Id}/maps", Stop);
}
