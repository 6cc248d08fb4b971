using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>
/// One call to the disk after the other fails, for a moment or from then on, in a session that starts on nothing or on what a kill left,
/// takes leads, delivers, resubmits and ends. Each 37th call in turn; <c>LEADFUNCTIONS_DISK_FAULTS</c> says otherwise: <c>1</c> each call,
/// which takes some ten minutes; <c>350-360</c> these alone, in every way.
/// </summary>
public sealed class DiskFaultTests
{
    private const string Calls = "openat,mkdir,pread64,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename";
    private const int Leads = 4;

    private static readonly string[] Errors = ["EIO", "ENOSPC", "EDQUOT", "EROFS"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whichever_call_fails_what_was_acknowledged_is_there_once_and_there_is_a_way_on_or_a_clear_end()
    {
        Assert.SkipWhen(FailingCalls.Missing is not null, FailingCalls.Missing ?? "");
        using var killed = await KillAsync();
        var calls = await RunAsync(new DiskFault("EIO", First: 65_535, Lasts: false, OnKilled: false), null);
        Assert.InRange(calls, 200, 2_000);

        var faults = new ConcurrentQueue<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = Stop };
        await Parallel.ForEachAsync(Faults(calls), options, async (fault, _) =>
        {
            try
            {
                await RunAsync(fault, fault.OnKilled ? killed : null);
            }
            catch (Exception exception)
            {
                faults.Enqueue($"{fault}: {exception}");
            }
        });

        Assert.True(faults.IsEmpty, string.Join("\n\n", faults));
    }

    private static IEnumerable<DiskFault> Faults(int calls)
    {
        var asked = Environment.GetEnvironmentVariable("LEADFUNCTIONS_DISK_FAULTS") ?? "37";
        var numbers = asked.Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return numbers is [var lowest, var highest]
            ? Enumerable.Range(lowest, highest - lowest + 1).SelectMany(
                _ => Enumerable.Range(0, 4),
                (first, way) => new DiskFault(Errors[first % Errors.Length], first, Lasts: way % 2 == 1, OnKilled: way >= 2))
            : Enumerable.Range(0, (calls + numbers[0] - 1) / numbers[0]).Select(number => new DiskFault(
                Errors[number / 2 % Errors.Length],
                1 + (number * numbers[0]),
                Lasts: number % 2 == 1,
                OnKilled: number / 4 % 2 == 1));
    }

    /// <summary>A store with a lead that was delivered, as a kill leaves it: most of it is in the log.</summary>
    private static async Task<TemporaryFolder> KillAsync()
    {
        await using var scene = await CrashScene.SetAsync();
        await scene.StartAsync();
        Assert.NotNull(await PostAsync(scene, Leads, tries: 1));
        await Eventually.TrueAsync(async () => await AllAsync(scene, "delivered"), "the lead is delivered");
        await scene.Program.KillAsync();
        var killed = new TemporaryFolder();
        Copy(scene.Folder, killed);
        return killed;
    }

    private static void Copy(TemporaryFolder from, TemporaryFolder to)
    {
        Directory.CreateDirectory(to.File("data"));
        foreach (var name in new[] { "data/leads.db", "data/leads.db-wal" })
        {
            File.Copy(from.File(name), to.File(name));
        }
    }

    /// <summary>The session with a fault, and then a start without one that finds out what there is. Gives the number of calls.</summary>
    /// <param name="killed">What it starts on; null: nothing.</param>
    private static async Task<int> RunAsync(DiskFault fault, TemporaryFolder? killed)
    {
        string[] before = [];
        await using var scene = await CrashScene.SetAsync(
            async (folder, settings) => await LeadProcess.StartUnderAsync(before, folder, settings));
        var (store, log) = (scene.Folder.File("data/leads.db"), scene.Folder.File("calls.txt"));
        string[] files = [scene.Folder.File("data"), store, store + "-wal", store + "-shm", store + "-journal", store + ".lock"];
        before = FailingCalls.Command(log, Calls, fault.Error, fault.When, files);
        if (killed is not null)
        {
            Copy(killed, scene.Folder);
        }

        var badRow = true;
        scene.Dataverse.FaultOf = request =>
            badRow && request.Body.Contains("Disk 0", StringComparison.Ordinal) ? Fault.Status((int)HttpStatusCode.BadRequest) : null;

        var acknowledged = new Guid?[Leads];
        if (await StartsAsync(scene))
        {
            for (var number = 0; number < Leads; number++)
            {
                acknowledged[number] = await PostAsync(scene, number, tries: fault.Lasts ? 2 : 6);
                Assert.True(fault.Lasts || acknowledged[number] is not null, "A single fault is no reason to refuse a lead for good.");
            }

            await WithinAsync(fault.Lasts ? 1 : 5, async () => await AllAsync(scene, "dead_letter", "delivered"));
            badRow = false;
            using (await scene.Program.PostAsync("", "/api/runs/resubmit"))
            using (await scene.Program.Client.GetAsync("/api/health/ready", Stop))
            {
            }

            await WithinAsync(fault.Lasts ? 1 : 5, async () => await AllAsync(scene, "delivered"));
            await (fault.First % 3 == 0 ? scene.Program.KillAsync() : scene.Program.TerminateAsync());
            Assert.DoesNotContain("Unhandled exception", scene.Program.Output, StringComparison.Ordinal);
        }

        (before, badRow) = ([], false);
        await scene.StartAsync();
        for (var number = 0; number < Leads; number++)
        {
            var again = await PostAsync(scene, number, tries: 1);
            Assert.Equal(acknowledged[number] ?? again, again);
        }

        using var resubmit = await scene.Program.PostAsync("", "/api/runs/resubmit");
        await Eventually.TrueAsync(async () => await AllAsync(scene, "delivered"), "everything is delivered", TimeSpan.FromSeconds(60));
        Assert.Equal(killed is null ? Leads : Leads + 1, (await RunsAsync(scene)).Length);
        Assert.Equal(Leads, scene.Dataverse.Rows.Count);
        Assert.All(scene.MailedAgain().Values, mails => Assert.Equal(2, mails));
        return File.Exists(log) ? (await File.ReadAllLinesAsync(log, Stop)).Length : 0;
    }

    /// <summary>False: it ended, in words.</summary>
    private static async Task<bool> StartsAsync(CrashScene scene)
    {
        try
        {
            await scene.StartAsync();
            return true;
        }
        catch (InvalidOperationException ended)
        {
            Assert.Contains("LeadFunctions ended: ", ended.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", ended.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static async Task<Guid?> PostAsync(CrashScene scene, int number, int tries)
    {
        var body = $$$"""{"OfferTitle":"Disk {{{number}}}","UserDetails":{"LastName":"One","Email":"one@contoso.example"}}""";
        for (var tried = 0; tried < tries; tried++)
        {
            using var response = await scene.Program.PostAsync(body);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("leadId").GetGuid();
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        return null;
    }

    private static async Task<bool> AllAsync(CrashScene scene, params string[] statuses) =>
        (await RunsAsync(scene))
            .SelectMany(run => run.GetProperty("deliveries").EnumerateArray())
            .All(delivery => statuses.Contains(delivery.GetProperty("status").GetString()));

    private static async Task<JsonElement[]> RunsAsync(CrashScene scene)
    {
        using var response = await scene.Program.Client.GetAsync("/api/runs", Stop);
        return response.StatusCode == HttpStatusCode.OK
            ? [.. JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("items").EnumerateArray()]
            : [];
    }

    /// <summary>Waits, and doesn't mind when it comes to nothing.</summary>
    private static async Task WithinAsync(int seconds, Func<Task<bool>> condition)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(seconds);
        while (DateTime.UtcNow < end && !await condition())
        {
            await Task.Delay(50, Stop);
        }
    }

    /// <param name="First">Which call fails, counted from the program's start.</param>
    /// <param name="Lasts">So do all after it.</param>
    /// <param name="OnKilled">The session starts on what a kill left.</param>
    private sealed record DiskFault(string Error, int First, bool Lasts, bool OnKilled)
    {
        public string When => First.ToString(CultureInfo.InvariantCulture) + (Lasts ? "+" : "");
    }
}
