using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Commands;

public sealed class RunsCommandTests : IAsyncLifetime
{
    private const string Key = "runs-key-0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private FakeDataverse _crm = null!;
    private LeadApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _crm = await FakeDataverse.StartAsync();
        _app = await LeadApp.StartAsync(
        [
            ("Runs:Keys:anna", Key),
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", _crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
            ("Destinations:mail:Kind", "MailDrop"), ("Destinations:mail:Path", _folder.File("mail")),
        ]);
        _app.Client.DefaultRequestHeaders.Add("x-functions-key", Key);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _crm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_list_has_a_line_for_each_lead_and_pages()
    {
        var ids = new List<Guid>();
        for (var number = 0; number < 3; number++)
        {
            ids.Add(
                (
                    await _app.AcceptAsync(
                        $$$"""{"OfferTitle":"Offer {{{number}}}","UserDetails":{"FirstName":"Zoë","Company":"Fabrikam"}}""")).LeadId);
        }

        // Within one millisecond ids are in no order of their own.
        ids.Sort((one, other) => string.CompareOrdinal(one.ToString(), other.ToString()));

        var (all, one, json) = (
            await RunsAsync("list"),
            await RunsAsync("list", "--take", "1"),
            await RunsAsync("list", "--all", "--take", "2", "--json"));

        Assert.Equal(0, all.ExitCode);
        Assert.All(ids, id => Assert.Contains(id.ToString(), all.Output, StringComparison.Ordinal));
        Assert.Contains("Zoë (Fabrikam)", all.Output, StringComparison.Ordinal);
        Assert.Contains(ids[2].ToString(), one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(ids[1].ToString(), one.Output, StringComparison.Ordinal);
        var next = one.Errors.Split("--next ")[1].Split(',')[0];
        Assert.Contains(ids[1].ToString(), (await RunsAsync("list", "--take", "1", "--next", next)).Output, StringComparison.Ordinal);
        Assert.Equal(
            ids.AsEnumerable().Reverse(),
            JsonElement.Parse(json.Output).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("leadId").GetGuid()));
        Assert.Contains("Nothing matches", (await RunsAsync("list", "--text", "nobody of this name")).Errors, StringComparison.Ordinal);
        Assert.Empty(
            JsonElement.Parse((await RunsAsync("list", "--text", "nobody", "--json")).Output).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_is_told_by_its_name()
    {
        var run = await RunsAsync("list", "--status", "dead", "--from", "yesterday");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("status ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("from ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_name_cannot_steer_the_terminal()
    {
        var id = (
            await _app.AcceptAsync(
                """{"OfferTitle":"x","UserDetails":{"FirstName":"\u001b[2J\u0007evil\r\nforged line","LastName":"[red]a[/]\u202e"}}""")
        ).LeadId;

        var (list, show) = (await RunsAsync("list"), await RunsAsync("show", $"{id}"));

        Assert.Equal((0, 0), (list.ExitCode, show.ExitCode));
        Assert.All([list.Output, show.Output], text =>
        {
            Assert.Contains("evil forged line", text, StringComparison.Ordinal);
            Assert.Contains("[red]a[/]", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text, letter => letter is '\u001b' or '\u0007' or '\u202e');
        });
    }

    [Fact]
    public async Task A_dead_letter_is_found_read_mended_and_resubmitted()
    {
        _crm.FailNext(DataverseFaults.MissingPrivilege());
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "dead_letter");

        Assert.Contains(
            id.ToString(),
            (await RunsAsync("list", "--status", "dead_letter", "--destination", "crm")).Output,
            StringComparison.Ordinal);
        var unasked = await RunsAsync("resubmit", "--status", "dead_letter");
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("1 delivery of 1 lead", unasked.Errors, StringComparison.Ordinal);
        Assert.Contains("--yes", unasked.Errors, StringComparison.Ordinal);
        Assert.Empty(_crm.Rows);

        var run = await RunsAsync("resubmit", "--status", "dead_letter", "--yes");

        Assert.Contains("1 delivery resubmitted", run.Output, StringComparison.Ordinal);
        await _app.WaitForStatusAsync(id, "delivered");
        Assert.Single(_crm.Rows);
        var show = (await RunsAsync("show", $"{id}")).Output;
        string[] inOrder = ["received", "crm: attempt 1: rejected (403)", "resubmitted crm by anna", "crm: attempt 2: delivered"];
        var places = inOrder.Select(text => show.IndexOf(text, StringComparison.Ordinal)).ToList();
        Assert.True(places.TrueForAll(place => place >= 0) && places.SequenceEqual(places.Order()), show);
        Assert.Contains("POST ", show, StringComparison.Ordinal);
        Assert.Contains("\"emailaddress1\":\"someone@contoso.com\"", show, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_lead_is_resubmitted_and_what_arrived_only_when_one_says_so()
    {
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "delivered");

        Assert.Contains("Nothing was resubmitted", (await RunsAsync("resubmit", $"{id}")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "1 delivery resubmitted",
            (await RunsAsync("resubmit", $"{id}", "--destination", "mail", "--delivered")).Output,
            StringComparison.Ordinal);
        Assert.Equal(2, (await RunsAsync("resubmit", $"{id}", "--delivered")).ExitCode);
        Assert.Equal(2, (await RunsAsync("resubmit")).ExitCode);
        Assert.Equal(2, (await RunsAsync("resubmit", $"{id}", "--text", "x")).ExitCode);
        Assert.Equal(1, (await RunsAsync("resubmit", $"{Guid.NewGuid()}")).ExitCode);
    }

    [Fact]
    public async Task Everything_from_a_time_on_is_sent_to_one_destination_again()
    {
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "delivered");

        var unasked = await RunsAsync("resend", "--destination", "crm", "--from", "2026-11-21");
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("1 delivery will be made again", unasked.Errors, StringComparison.Ordinal);
        Assert.Contains("--yes", unasked.Errors, StringComparison.Ordinal);
        Assert.Equal(1, Attempts(await _app.RunAsync(id), "crm"));

        var run = await RunsAsync("resend", "--destination", "crm", "--from", "2026-11-21", "--yes");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 delivery is being made again", run.Output, StringComparison.Ordinal);
        var again = await _app.WaitForRunAsync(id, run => Attempts(run, "crm") == 2);
        Assert.Equal(1, Attempts(again, "mail"));
        Assert.Contains("resubmitted crm by anna", (await RunsAsync("show", $"{id}")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-21", "2026-11-22", 0, "nothing to send again")]
    [InlineData("yesterday", "2026-11-22", 1, "is no ISO 8601 time")]
    public async Task A_resend_of_nothing_and_one_of_an_unreadable_time_send_nothing(string from, string to, int exitCode, string message)
    {
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "delivered");

        var run = await RunsAsync("resend", "--destination", "crm", "--from", from, "--to", to, "--yes");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.All, StringComparison.Ordinal);
        Assert.Equal(1, Attempts(await _app.RunAsync(id), "crm"));
    }

    private static int Attempts(JsonElement run, string destination) => run.GetProperty("deliveries").EnumerateArray()
        .Single(delivery => delivery.GetProperty("destination").GetString() == destination).GetProperty("attempts").GetArrayLength();

    [Fact]
    public async Task A_person_is_asked_first()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A terminal is made with util-linux's script.");
        _crm.FailNext(DataverseFaults.MissingPrivilege());
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "dead_letter");

        var no = await AtTerminalAsync("n", "runs", "resubmit", "--status", "dead_letter");
        var yes = await AtTerminalAsync("y", "runs", "resubmit", "--status", "dead_letter");

        Assert.Contains("[y/N]", no, StringComparison.Ordinal);
        Assert.Contains("Nothing was done", no, StringComparison.Ordinal);
        Assert.Contains("1 delivery resubmitted", yes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_is_discarded_with_its_reason()
    {
        _crm.FailNext(DataverseFaults.MissingPrivilege());
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "dead_letter");

        Assert.Equal(2, (await RunsAsync("discard", $"{id}")).ExitCode);
        var tooLong = await RunsAsync("discard", $"{id}", "--reason", new string('x', 1001));
        Assert.Equal(2, tooLong.ExitCode);
        Assert.Contains("at most 1000", tooLong.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "1 delivery discarded",
            (await RunsAsync("discard", $"{id}", "--destination", "crm", "--reason", "Told them by telephone")).Output,
            StringComparison.Ordinal);

        Assert.Contains(
            "discarded crm by anna – Told them by telephone",
            (await RunsAsync("show", $"{id}")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_body_is_shown_and_replayed_only_when_nothing_is_wrong_any_more()
    {
        using var posted = await _app.PostAsync("""{"UserDetails":["not an object"]}""");
        var id = JsonElement.Parse(await posted.Content.ReadAsStringAsync(Token)).GetProperty("refusedId").GetGuid();

        Assert.Contains($"{id}", (await RunsAsync("list", "--status", "refused")).Output, StringComparison.Ordinal);
        Assert.Contains("/UserDetails", (await RunsAsync("show", $"{id}")).Output, StringComparison.Ordinal);
        var replay = await RunsAsync("replay", $"{id}");

        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("/UserDetails ", replay.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await RunsAsync("show", $"{Guid.NewGuid()}")).ExitCode);
    }

    [Fact]
    public async Task A_replay_that_repeats_a_lead_says_which()
    {
        var lead = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        var refused = new RefusedBody(
            LeadId.New(DateTimeOffset.UtcNow),
            Sources.Marketplace,
            null,
            DateTimeOffset.UtcNow,
            400,
            [],
            Encoding.UTF8.GetBytes(Samples.Documented));
        await _app.Store.KeepRefusedAsync(refused);

        Assert.Contains(
            $"It repeats lead {lead}, which was taken before",
            (await RunsAsync("replay", $"{refused.Id}")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_the_same_in_a_file_and_on_the_standard_output()
    {
        await _app.AcceptAsync("""{"OfferTitle":"=HYPERLINK(\"http://x\")"}""");
        await _app.AcceptAsync(Samples.Documented);

        var (toFile, toOutput) = (
            await RunsAsync("export", "leads.csv", "--text", "contoso"),
            await RunsAsync("export", "--text", "contoso"));

        Assert.Equal((0, 0), (toFile.ExitCode, toOutput.ExitCode));
        var csv = await File.ReadAllBytesAsync(_folder.File("leads.csv"), Token);
        Assert.Equal(Encoding.UTF8.GetString(csv).TrimStart('\uFEFF').Split('\n')[0], toOutput.Output.TrimStart('\uFEFF').Split('\n')[0]);
        Assert.Equal([0xEF, 0xBB, 0xBF], csv.Take(3));
        Assert.Equal(3, Encoding.UTF8.GetString(csv).Split("\r\n").Length);
        Assert.False(_folder.Holds("*.part"));
    }

    [Fact]
    public async Task A_persons_data_is_erased_after_a_count()
    {
        var id = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.WaitForStatusAsync(id, "delivered");

        var unasked = await CommandAsync("erase", "--email", "someone@contoso.com");
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("1 lead and 0 refused bodies will be erased", unasked.Errors, StringComparison.Ordinal);
        var erased = await CommandAsync("erase", "--email", "someone@contoso.com", "--yes");

        Assert.Equal("1 lead and 0 refused bodies erased.", erased.Output.Trim());
        Assert.DoesNotContain("someone@contoso.com", (await RunsAsync("show", $"{id}", "--json")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing is kept",
            (await CommandAsync("erase", "--email", "someone@contoso.com")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_key_it_says_what_to_do_and_shows_no_key()
    {
        var run = await CommandRun.OfAsync(_folder, "runs", "list", "--url", Url, "--key", "a-wrong-key-0123456789");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("LEADFUNCTIONS_KEY", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-key", run.All, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_key_is_not_sent_without_encryption_beyond_this_machine()
    {
        var run = await CommandRun.OfAsync(_folder, "runs", "list", "--url", "http://leads.example", "--key", Key);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("https://", run.Errors, StringComparison.Ordinal);
    }

    private string Url => _app.Client.BaseAddress!.ToString();

    private Task<CommandRun> RunsAsync(params string[] arguments) => CommandAsync(["runs", .. arguments]);

    private async Task<CommandRun> CommandAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder, [("LEADFUNCTIONS_KEY", Key)], null, [.. arguments, "--url", Url]);
        Assert.DoesNotContain(Key, run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.All, StringComparison.Ordinal);
        return run;
    }

    private async Task<string> AtTerminalAsync(string answer, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/script",
            ["-qec", string.Join(' ', ["dotnet", LeadProcess.Executable, .. arguments, "--url", Url]), "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["LEADFUNCTIONS_KEY"] = Key;
        using var terminal = Process.Start(start)!;
        await terminal.StandardInput.WriteLineAsync(answer);
        await terminal.StandardInput.FlushAsync(Token);
        var output = await terminal.StandardOutput.ReadToEndAsync(Token);
        await terminal.WaitForExitAsync(Token);
        return output;
    }
}
