using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Tests.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Crash;

/// <summary>A program that is killed and started again on the same store, the two remote systems that outlive it, and a record of what was acknowledged.</summary>
internal sealed class CrashScene : IAsyncDisposable
{
    public const string ApiKey = "SG.a-key-for-crash-tests";

    private const string RunsKey = "a-key-for-the-run-history";

    /// <summary>A program has no more under way than its workers' slots.</summary>
    private const int MostUnderWay = 8;

    /// <summary>For a store that several programs share: deliveries that lost their worker come back while a test waits.</summary>
    private static readonly (string, string)[] ShortLease = [("Delivery__LeaseDuration", "00:00:06"), ("Delivery__AttemptTimeout", "00:00:05")];

    /// <summary>A host's calls each minute; what is overdue is so after a minute whoever looks.</summary>
    private static readonly TimeSpan TimerEach = TimeSpan.FromSeconds(20);

    /// <summary>Where the queue brings deliveries back, on a machine that tests may keep so busy that a request takes seconds.</summary>
    private static readonly (string, string)[] HostLease = [("Delivery__LeaseDuration", "00:00:12"), ("Delivery__AttemptTimeout", "00:00:05")];

    private readonly ConcurrentBag<Guid> _acknowledged = [];
    private readonly ConcurrentDictionary<HttpStatusCode, int> _refusals = new();
    private readonly List<LeadProgram> _others = [];
    private LeadProgram? _program;
    private int _posted;
    private readonly Func<TemporaryFolder, IEnumerable<(string Key, string Value)>, Task<LeadProgram>> _launch;
    private readonly (string, string)[] _store;

    private CrashScene(FakeDataverse dataverse, FakeSendGrid sendGrid, Func<TemporaryFolder, IEnumerable<(string Key, string Value)>, Task<LeadProgram>> launch, (string, string)[] store)
    {
        Dataverse = dataverse;
        SendGrid = sendGrid;
        _launch = launch;
        _store = store;
    }

    public TemporaryFolder Folder { get; } = new();

    public FakeDataverse Dataverse { get; }

    public FakeSendGrid SendGrid { get; }

    /// <summary>The storage account behind the Functions host.</summary>
    public string Account => _store.Single(setting => setting.Item1 == "AzureWebJobsStorage").Item2;

    public LeadProgram Program => _program ?? throw new InvalidOperationException("The program isn't started.");

    /// <summary>The two remote systems as destinations, retries that come while a test waits, and the store.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Destinations__crm__Kind", "Dataverse"),
        ("Destinations__crm__Url", Dataverse.Url.ToString()),
        ("Destinations__crm__Auth", "None"),
        ("Destinations__mail__Kind", "SendGrid"),
        ("Destinations__mail__Host", SendGrid.Url.ToString()),
        ("Destinations__mail__ApiKey", ApiKey),
        ("Destinations__mail__From", "leads@contoso.example"),
        ("Destinations__mail__To", "sales@contoso.example"),
        ("Delivery__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:00.2", 100))),
        .. _store,
    ];

    public IReadOnlyCollection<Guid> Acknowledged => _acknowledged;

    /// <summary>Answers other than 202, and how many of each.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Refusals => _refusals;

    /// <summary>How many leads a test posts: as many as LEADFUNCTIONS_TEST_LEADS says.</summary>
    public static int LeadsOr(int usual) => int.TryParse(Environment.GetEnvironmentVariable("LEADFUNCTIONS_TEST_LEADS"), NumberStyles.None, CultureInfo.InvariantCulture, out var leads) ? leads : usual;

    public static TimeSpan PatienceFor(int leads) => TimeSpan.FromSeconds(180 + leads);

    /// <summary>On a store of its own in Azure Storage.</summary>
    public static Task<CrashScene> SetOnAsync(Azurite azurite) => SetAsync([.. azurite.NewStore(), .. ShortLease]);

    /// <param name="store">Settings of the store that the programs have; none: a file of their own.</param>
    public static Task<CrashScene> SetAsync(params (string Key, string Value)[] store) => SetAsync(async (folder, settings) => await LeadProcess.StartAsync(folder, settings), store);

    /// <param name="launch">How a program is started.</param>
    public static async Task<CrashScene> SetAsync(Func<TemporaryFolder, IEnumerable<(string Key, string Value)>, Task<LeadProgram>> launch, params (string Key, string Value)[] store) =>
        new(await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync(ApiKey), launch, store);

    public async Task StartAsync(params (string Key, string Value)[] more)
    {
        if (_program is { } before)
        {
            _program = null;
            await before.DisposeAsync();
        }

        _program = await RunAsync(more);
    }

    /// <summary>With programs behind the Functions host, in an account of its own, whose queue wakes them.</summary>
    public static Task<CrashScene> SetBehindHostOnAsync(Azurite azurite) => SetBehindHostAsync([.. azurite.NewHostStore(), .. HostLease]);

    /// <summary>With programs behind the Functions host.</summary>
    public static Task<CrashScene> SetBehindHostAsync(params (string Key, string Value)[] store) =>
        SetAsync(
            async (folder, settings) =>
            {
                var program = await HostedProgram.StartAsync(folder, [.. settings, ("Runs__Keys__team", RunsKey)]);
                program.Client.DefaultRequestHeaders.Add("x-functions-key", RunsKey);
                return program;
            },
            store);

    /// <summary>Starts a program and kills it after a while, wherever its start is by then.</summary>
    public Task StartAndKillAsync(TimeSpan after) => LeadProcess.StartAndKillAsync(Folder, _store, after);

    /// <summary>Starts the program, posts, and kills it when so many leads of all are acknowledged.</summary>
    public async Task KillUnderLoadAsync(int posts, int enough, TimeSpan? patience = null)
    {
        await StartAsync();
        var load = PostAsync(posts);
        await Eventually.TrueAsync(() => Acknowledged.Count >= enough || load.IsCompleted, "part of the load is acknowledged", patience);
        await Program.KillAsync();
        await load;
    }

    /// <summary>Posts until five more leads are acknowledged than before.</summary>
    public Task WaitUntilLeadsAreTakenAgainAsync(int before) => Eventually.TrueAsync(
        async () =>
        {
            await PostAsync(5);
            return Acknowledged.Count >= before + 5;
        },
        "leads are taken again");

    /// <summary>Starts one more program beside the others, with the same settings; leads are posted to all of them in turn.</summary>
    public async Task StartAnotherAsync(params (string Key, string Value)[] more) => _others.Add(await RunAsync(more));

    /// <summary>Posts leads that all differ, 20 at a time, until they are all posted or the program is gone.</summary>
    public async Task PostAsync(int count)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(Interlocked.Add(ref _posted, count), count),
            new ParallelOptions { MaxDegreeOfParallelism = 20, CancellationToken = TestContext.Current.CancellationToken },
            async (number, stop) =>
            {
                try
                {
                    using var response = await (number % (_others.Count + 1) is > 0 and var other ? _others[other - 1] : Program).PostAsync(Lead(number));
                    if (response.StatusCode == HttpStatusCode.Accepted)
                    {
                        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(stop));
                        _acknowledged.Add(json.RootElement.GetProperty("leadId").GetGuid());
                    }
                    else
                    {
                        _refusals.AddOrUpdate(response.StatusCode, 1, (_, earlier) => earlier + 1);
                    }
                }
                catch (Exception gone) when (gone is HttpRequestException or SocketException or TaskCanceledException or JsonException)
                {
                    // Never acknowledged: nothing is owed.
                }
            });
    }

    /// <summary>Every acknowledged lead has its row and its mail, while the timer calls too.</summary>
    public Task WaitUntilTheTimerHasFoundAllAsync() =>
        UntilAsync(() => Task.FromResult(HaveAllArrived()), $"the {_acknowledged.Count} acknowledged leads have arrived");

    /// <summary>Waits, behind the Functions host with a timer that calls: what could not be rung in time is overdue after a minute.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        Task timer = Task.CompletedTask;
        var called = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            () =>
            {
                if (Program is HostedProgram hosted && timer.IsCompleted && TimeProvider.System.GetElapsedTime(called) > TimerEach)
                {
                    (timer, called) = (hosted.Host.CallTimerAsync("sweep"), TimeProvider.System.GetTimestamp());
                }

                return condition();
            },
            what,
            TimeSpan.FromMinutes(5));
    }

    /// <summary>Every acknowledged lead has its row and its mail.</summary>
    public Task WaitUntilAllArrivedAsync(TimeSpan? patience = null) => Eventually.TrueAsync(
        HaveAllArrived,
        $"the {_acknowledged.Count} acknowledged leads have arrived",
        patience);

    private bool HaveAllArrived()
    {
        var rows = Dataverse.Rows;
        var mailed = MailsByLead();
        return _acknowledged.All(id => rows.ContainsKey(id) && mailed.ContainsKey(id));
    }

    /// <summary>The leads with more than one mail, and how many each has.</summary>
    public IReadOnlyDictionary<Guid, int> MailedAgain() => MailsByLead().Where(mail => mail.Value > 1).ToDictionary();

    public void AssertAtMostOneExtraMail(int kills)
    {
        var again = MailedAgain();
        Assert.All(again.Values, count => Assert.Equal(2, count));
        Assert.True(again.Count <= kills * MostUnderWay, $"{again.Count} leads have a second mail, but only {kills * MostUnderWay} mails can have been under way at the kills.");
    }

    /// <summary>How often Dataverse answered that it has a lead's row already: creates of one lead beyond the first never make a row.</summary>
    public int CreatesOf(Guid lead) => Dataverse.Requests.Count(request => request.Method == "POST" && request.Body.Contains(lead.ToString(), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _program is null ? _others : [_program, .. _others])
        {
            await program.DisposeAsync();
        }

        await Dataverse.DisposeAsync();
        await SendGrid.DisposeAsync();
        Folder.Dispose();
    }

    private Task<LeadProgram> RunAsync((string Key, string Value)[] more) => _launch(Folder, [.. Settings, .. more]);

    private static string Lead(int number)
    {
        var lead = JsonNode.Parse(Samples.Documented)!;
        lead["UserDetails"]!["Email"] = string.Create(CultureInfo.InvariantCulture, $"customer{number}@contoso.example");
        return lead.ToJsonString();
    }

    private Dictionary<Guid, int> MailsByLead() => SendGrid.Mails
        .Select(mail => Guid.Parse(mail.CustomArgs["lead_id"]))
        .GroupBy(id => id)
        .ToDictionary(group => group.Key, group => group.Count());
}
