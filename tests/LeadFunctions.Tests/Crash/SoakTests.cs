using LeadFunctions.Benchmarks.Soak;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Crash;

/// <summary>A short soak, as <c>LeadFunctions.Benchmarks soak</c> does long ones, and what it makes of what it has seen.</summary>
public sealed class SoakTests
{
    private static readonly SoakProcess First = new(0, 1);
    private static readonly SoakProcess Second = new(0, 2);

    private readonly SoakLedger _ledger = new(6);
    private readonly Guid[] _ids = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

    public SoakTests()
    {
        for (var number = 0; number < _ids.Length; number++)
        {
            _ledger.Acknowledge(number, _ids[number], repeat: false);
        }
    }

    [Fact]
    public async Task Killed_again_and_again_under_load_it_loses_nothing_and_doubles_nothing()
    {
        using var folder = new TemporaryFolder();
        var plan = new SoakPlan(Kills: 6, Leads: 600, Seed: 16)
        {
            LongestTurn = TimeSpan.FromSeconds(2),
            Store = [("Store__Path", folder.File("leads.db"))],
            StoreBytes = () => SoakPlan.BytesIn(folder.Path),
            Program = settings => SoakProgram.Alone(folder.Path, ["dotnet", LeadProcess.Executable], settings),
        };

        var report = await SoakRun.RunAsync(plan, Samples.Documented, TestContext.Current.CancellationToken);

        Assert.True(report.Broken.Count == 0, report.ToString());
        Assert.Equal((600, 6, 0, 0), (report.Posted, report.Ledger.Kills, report.Ending.Waiting, report.Ending.NotKnown));
        Assert.Equal(600, report.Ledger.Acknowledged + report.Ledger.Apart);
    }

    [Fact]
    public void What_has_not_arrived_or_has_twice_is_found()
    {
        Arrive(0, row: true, mail: true);
        Arrive(1, row: false, mail: true);
        Arrive(2, row: true, mail: false);
        Arrive(3, row: true, mail: true);
        Arrive(4, row: true, mail: true);
        Arrive(5, row: true, mail: true);
        Assert.False(_ledger.TakeRow(0, _ids[0]));
        Assert.True(_ledger.TakeRow(3, Guid.NewGuid()));

        Assert.Equal([(1, _ids[1]), (2, _ids[2])], _ledger.Missing());
        Assert.Equal(1, _ledger.SecondRows);
        Assert.Single(_ledger.Count().Faults);

        void Arrive(int number, bool row, bool mail)
        {
            if (row)
            {
                Assert.True(_ledger.TakeRow(number, _ids[number]));
            }

            if (mail)
            {
                Mail(number, First, 0);
            }
        }
    }

    [Fact]
    public void A_mail_that_comes_again_is_explained_by_the_attempt_before_it_and_by_nothing_else()
    {
        const int Lease = 8_000;
        // 0: answered just before its program's death, which may not have recorded it. 1: not answered at all when that died.
        Mail(0, First, 10_000);
        _ledger.TakeMail(1, First, 10_100);
        // 2: its answer was lost long before. 3: its lease had ended.
        Mail(2, First, 9_000, lostAt: 9_100);
        Mail(3, First, 10_500 - Lease);
        _ledger.Kill(First, 10_500);
        // 4: its program lives on. 5: an answer that was lost, without any kill.
        Mail(4, Second, 12_000);
        Mail(5, Second, 12_000, lostAt: 12_000);
        for (var number = 0; number < _ids.Length; number++)
        {
            Mail(number, Second, 20_000);
        }

        var count = _ledger.Count();

        Assert.Equal((2, 2, 2), (count.ExtraByKill, count.ExtraByLostAnswer, count.Unexplained));
        Assert.Equal((6, 2, 2), (count.ExtraMails, count.MostByOneKill, count.MostMails));
    }

    private void Mail(int number, SoakProcess sender, int at, int? lostAt = null) =>
        _ledger.AnswerMail(number, _ledger.TakeMail(number, sender, at), lostAt);
}
