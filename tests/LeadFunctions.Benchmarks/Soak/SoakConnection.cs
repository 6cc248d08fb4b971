namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// A connection to the destinations. Who has waited as long as he waits at all closes it, though the answer was on its way: a connection that ends right after
/// an answer may have lost it.
/// </summary>
internal sealed class SoakConnection
{
    private const int RightAfter = 2_000;

    private (int Number, int Nth, int At)? _answered;

    /// <summary>There is another request: what was answered before was read.</summary>
    public void Next() => _answered = null;

    public void Answer(int number, int nth, int at) => _answered = (number, nth, at);

    public void End(SoakLedger ledger, int at)
    {
        if (_answered is { } mail && at - mail.At < RightAfter)
        {
            ledger.AnswerMail(mail.Number, mail.Nth, lostAt: at);
        }
    }
}
