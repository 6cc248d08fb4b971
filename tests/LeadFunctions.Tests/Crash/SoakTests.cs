using LeadFunctions.Benchmarks.Soak;

namespace LeadFunctions.Tests.Crash;

/// <summary>What <c>LeadFunctions.Benchmarks soak</c> makes of what it has seen.</summary>
public sealed class SoakTests
{
    [Fact]
    public void What_is_lost_doubled_or_without_a_reason_is_counted_as_broken()
    {
        var ledger = new SoakLedger(6);
        var ids = Enumerable.Range(0, 6).Select(_ => Guid.NewGuid()).ToArray();
        for (var number = 0; number < 6; number++)
        {
            ledger.Acknowledge(number, ids[number], repeat: false);
        }

        // 0 arrives as it should; 1 has no row; 2 no mail; 3 a second row.
        Arrive(0, row: true, mail: true);
        Arrive(1, row: false, mail: true);
        Arrive(2, row: true, mail: false);
        Arrive(3, row: true, mail: true);
        Assert.False(ledger.TakeRow(0, ids[0]));
        Assert.True(ledger.TakeRow(3, Guid.NewGuid()));
        // 4 is mailed again after a kill, and again after a lost answer; 5 is mailed again without a reason.
        Arrive(4, row: true, mail: true, at: 10_000);
        ledger.Kill(instance: 0, at: 10_500);
        ledger.AnswerMail(4, ledger.TakeMail(4, 0, 20_000), 20_000, Lost.OnPurpose);
        ledger.AnswerMail(4, ledger.TakeMail(4, 0, 30_000), 30_000, Lost.No);
        Arrive(5, row: true, mail: true, at: 40_000);
        ledger.AnswerMail(5, ledger.TakeMail(5, 0, 50_000), 50_000, Lost.No);

        var count = ledger.Count(drained: true);

        Assert.Equal((2, 1), (count.NotArrived, ledger.SecondRows));
        Assert.Equal((1, 1, 1, 3), (count.ExtraByKill, count.ExtraByLostAnswer, count.Unexplained, count.MostMails));

        void Arrive(int number, bool row, bool mail, int at = 0)
        {
            if (row)
            {
                Assert.True(ledger.TakeRow(number, ids[number]));
            }

            if (mail)
            {
                ledger.AnswerMail(number, ledger.TakeMail(number, 0, at), at, Lost.No);
            }
        }
    }
}
