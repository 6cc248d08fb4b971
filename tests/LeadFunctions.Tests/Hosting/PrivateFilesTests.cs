using System.Diagnostics;
using LeadFunctions.Hosting;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Destinations.Webhook;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Hosting;

/// <summary>What the program writes is its own user's, whatever the shell that started it says.</summary>
public sealed class PrivateFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PrivateFilesTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("277")]
    public async Task Store_log_lock_rows_mails_key_and_exports_are_closed_to_others_whatever_the_umask(string umask)
    {
        await using var program = await LeadProcess.StartUnderAsync(["sh", "-c", $"umask {umask} && exec \"$0\" \"$@\""], _folder, []);
        using var lead = await program.PostAsync(Samples.Documented);
        // An appointment's second event writes the file of rows anew.
        using var created = await program.PostAsync(SampleAppointment.Body("1", "someone@contoso.com"), "/api/appointments/created");
        using var cancelled = await program.PostAsync(SampleAppointment.Body("1", "someone@contoso.com"), "/api/appointments/cancelled");
        await Eventually.TrueAsync(
            async () =>
                (await program.Client.GetStringAsync("/api/runs?status=delivered", TestContext.Current.CancellationToken))
                    .Split("\"leadId\"")
                    .Length == 4,
            "all three are delivered");
        await ExportAsync(umask, program.Client.BaseAddress!);

        string[] files =
        [
            .. Directory
                .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_folder.Path, file)),
        ];
        Assert.All(
            [
                "data/leads.db", "data/leads.db-wal", "data/leads.db-shm", "data/leads.db.lock", "data/crm.jsonl", "data/runs.key",
                "export.csv",
            ],
            file => Assert.Contains(file, files));
        Assert.Contains(files, file => file.EndsWith(".eml", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal($"{file} 600", $"{file} {OwnModes.Of(_folder.File(file))}"));
        Assert.All(["data", "data/mail"], folder => Assert.Equal($"{folder} 700", $"{folder} {OwnModes.Of(_folder.File(folder))}"));
    }

    [Fact]
    public async Task A_stranger_can_not_hold_the_lock()
    {
        Assert.SkipUnless(
            Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/flock"),
            "Becoming another user takes root, and util-linux.");
        OwnModes.Set(_folder.Path, "777");
        using (SqliteLeadStore.Open(_folder.File("leads.db"), new DueSignal(), TimeProvider.System))
        {
        }

        using var stranger = Process.Start(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/flock", "-n", _folder.File("leads.db.lock"), "true"]);
        await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, stranger.ExitCode);
    }

    [Fact]
    public void A_store_of_an_older_version_is_closed_to_others_when_it_is_opened()
    {
        using (SqliteLeadStore.Open(_folder.File("leads.db"), new DueSignal(), TimeProvider.System))
        {
        }

        string[] files = ["leads.db", "leads.db.lock"];
        Assert.All(files, file => OwnModes.Set(_folder.File(file), "644"));

        using var store = SqliteLeadStore.Open(_folder.File("leads.db"), new DueSignal(), TimeProvider.System);

        Assert.All(Directory.EnumerateFiles(_folder.Path), file => Assert.Equal("600", OwnModes.Of(file)));
    }

    [Fact]
    public void A_folder_that_is_there_stays_as_its_owner_made_it()
    {
        OwnModes.Set(_folder.Path, "750");

        PrivateFiles.MakeFolder(_folder.Path);
        PrivateFiles.MakeFolder(_folder.File("a/b"));

        Assert.Equal(("750", "700", "700"), (OwnModes.Of(_folder.Path), OwnModes.Of(_folder.File("a")), OwnModes.Of(_folder.File("a/b"))));
    }

    private async Task ExportAsync(string umask, Uri url)
    {
        var start = new ProcessStartInfo(
            "sh",
            [
                "-c",
                $"umask {umask} && exec \"$0\" \"$@\"",
                "dotnet",
                LeadProcess.Executable,
                "runs",
                "export",
                "export.csv",
                "--url",
                url.ToString(),
            ])
        {
            WorkingDirectory = _folder.Path,
        };
        using var export = Process.Start(start)!;
        await export.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, export.ExitCode);
    }
}
