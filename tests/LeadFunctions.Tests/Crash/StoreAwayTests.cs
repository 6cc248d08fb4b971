using System.Net;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Crash;

/// <summary>The disk under the store fails while leads come: never a 2xx that isn't durable, and work goes on when the disk is back.</summary>
public sealed class StoreAwayTests
{
    [Fact]
    public async Task A_full_disk_is_answered_with_503_and_no_restart_is_needed_when_there_is_room_again()
    {
        await using var scene = await CrashScene.SetAsync();
        using var disk = SmallDisk.Mount(scene.Folder, megabytes: 24);
        disk.Fill(megabytes: 22);
        await scene.StartAsync(("Store__Path", disk.File("leads.db")));
        await Eventually.TrueAsync(
            async () =>
            {
                await scene.PostAsync(200);
                using var ready = await scene.Program.Client.GetAsync("/api/health/ready", TestContext.Current.CancellationToken);
                return scene.Refusals.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) > 0 && ready.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "the disk is full, and the program says that it is not ready");

        disk.Free();
        var before = scene.Acknowledged.Count;
        await Eventually.TrueAsync(
            async () =>
            {
                await scene.PostAsync(20);
                return scene.Acknowledged.Count >= before + 20;
            },
            "leads are taken again");
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal([HttpStatusCode.ServiceUnavailable], scene.Refusals.Keys);
        Assert.Empty(scene.MailedAgain());
    }

    [Fact]
    public async Task After_a_post_that_found_no_room_it_is_not_ready_though_a_check_would_still_fit()
    {
        await using var scene = await CrashScene.SetAsync();
        using var disk = SmallDisk.Mount(scene.Folder, megabytes: 4);
        await scene.StartAsync(("Store__Path", disk.File("leads.db")));
        Assert.Throws<IOException>(() => disk.Fill(megabytes: 5));

        await Eventually.TrueAsync(
            async () =>
            {
                await scene.PostAsync(1);
                return scene.Refusals.Count > 0;
            },
            "a lead finds no room");
        await Eventually.TrueAsync(
            async () =>
            {
                using var ready = await scene.Program.Client.GetAsync("/api/health/ready", TestContext.Current.CancellationToken);
                return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "it says so, once what it said before is a second old",
            TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_is_answered_with_503_until_it_can_be_written_again()
    {
        await using var scene = await CrashScene.SetAsync();
        using var disk = SmallDisk.Mount(scene.Folder, megabytes: 16);
        await scene.StartAsync(("Store__Path", disk.File("leads.db")));
        await scene.PostAsync(10);
        await scene.WaitUntilAllArrivedAsync();

        await scene.Program.KillAsync();
        disk.MakeReadOnly();
        var (exitCode, output) = await LeadProcess.RunAsync(scene.Folder, [("Store__Path", disk.File("leads.db"))], "--urls", "http://127.0.0.1:0");
        disk.MakeWritable();
        await scene.StartAsync(("Store__Path", disk.File("leads.db")));
        await scene.PostAsync(10);
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("leads.db", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(20, scene.Acknowledged.Count);
    }

    [Fact]
    public async Task When_the_stores_file_is_taken_away_nothing_is_acknowledged_into_the_void()
    {
        await using var scene = await CrashScene.SetAsync();
        await scene.StartAsync(("Store__Path", scene.Folder.File("store/leads.db")));
        await scene.PostAsync(10);
        await scene.WaitUntilAllArrivedAsync();

        Directory.Move(scene.Folder.File("store"), scene.Folder.File("elsewhere"));
        await scene.PostAsync(10);
        var whileAway = scene.Acknowledged.Count;
        Directory.Move(scene.Folder.File("elsewhere"), scene.Folder.File("store"));
        await Eventually.TrueAsync(
            async () =>
            {
                await scene.PostAsync(5);
                return scene.Acknowledged.Count > whileAway;
            },
            "leads are taken again");
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal(10, whileAway);
        Assert.Equal([HttpStatusCode.ServiceUnavailable], scene.Refusals.Keys);
    }
}
