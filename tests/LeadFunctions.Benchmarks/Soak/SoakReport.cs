using System.Globalization;
using System.Text;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>What a soak found.</summary>
/// <param name="Starts">Milliseconds from a start after a kill until the program listens.</param>
/// <param name="FirstAnswers">Milliseconds from such a start until the first lead that it acknowledged.</param>
/// <param name="Resubmitted">Deliveries that had become dead letters, by interruptions for example, and were put back as an operator would.</param>
internal sealed record SoakReport(
    SoakPlan Plan, SoakLedger Ledger, SoakCount Count, int Posted, TimeSpan Took, long StoreBytes, IReadOnlyList<double> Starts, IReadOnlyList<double> FirstAnswers,
    int KilledWhileStarting, int Resubmitted, int Requests, IReadOnlyList<SoakTurns> Turns)
{
    /// <summary>A program has no more under way to one destination than its slots.</summary>
    private const int Slots = 8;

    /// <summary>Every promise that was broken, in a sentence; none: all held.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Count.Drained && Count.NotArrived > 0 ? [$"{Count.NotArrived} acknowledged leads have no row or no mail."] : Array.Empty<string>(),
        .. Count.OtherRows > 0 ? [$"{Count.OtherRows} acknowledged leads have a row with another key."] : Array.Empty<string>(),
        .. Ledger.SecondRows > 0 ? [$"{Ledger.SecondRows} leads have a second row."] : Array.Empty<string>(),
        .. Count.Unexplained > 0 ? [$"{Count.Unexplained} further mails have no attempt before them that was under way at a kill or lost its answer."] : Array.Empty<string>(),
        .. Count.MostByOneKill > Slots ? [$"One kill explains {Count.MostByOneKill} further mails, and no more than {Slots} can have been under way."] : Array.Empty<string>(),
        .. Count.Faults,
    ];

    public override string ToString()
    {
        var text = new StringBuilder();
        Line("leads", $"{Posted:#,0} posted, {Ledger.Acknowledged:#,0} acknowledged ({Ledger.Repeats:#,0} of them as a repeat of a post whose answer was lost)");
        Line("posts", $"{Ledger.Unanswered:#,0} without an answer, {Ledger.Apart:#,0} of them not tried again and counted apart; other answers: {Answers()}");
        Line("kills", $"{Ledger.Kills:#,0}, {KilledWhileStarting:#,0} of them during a start");
        Line("requests", $"{Requests:#,0} to Dataverse and SendGrid; turns: {TurnText()}");
        Line("lost", Count.Drained ? $"{Count.NotArrived}" : $"not known: ended before all had time to arrive ({Count.NotArrived:#,0} on their way)");
        Line("second rows", $"{Ledger.SecondRows}; rows with another key than was acknowledged: {Count.OtherRows}");
        Line("extra mails", $"{Count.ExtraByKill + Count.ExtraByLostAnswer + Count.Unexplained:#,0}: "
            + $"{Count.ExtraByKill:#,0} after an attempt that was under way at a kill (at most {Count.MostByOneKill} by one), "
            + $"{Count.ExtraByLostAnswer:#,0} after a lost answer, {Count.Unexplained} without a reason; most mails of one lead: {Count.MostMails}");
        Line("dead letters", $"{Resubmitted:#,0} put back by hand at the end");
        Line("store", $"{StoreBytes / 1048576.0:#,0.0} MiB, {(Posted == 0 ? 0 : StoreBytes / Posted):#,0} bytes for each lead");
        Line("start", $"until it listens: {Times(Starts)}; until the first acknowledged lead: {Times(FirstAnswers)}");
        Line("time", $"{Took:hh\\:mm\\:ss}, {Ledger.Acknowledged / Took.TotalSeconds:0} leads/s");
        foreach (var broken in Broken)
        {
            Line("BROKEN", broken);
        }

        return text.ToString();

        void Line(string what, string value) => text.Append(CultureInfo.InvariantCulture, $"  {what,-13} ").AppendLine(value);
    }

    private string Answers() => Count.OtherAnswers.Count == 0 ? "none" : string.Join(", ", Count.OtherAnswers.Select(answer => $"{answer.Value} × {answer.Key}"));

    private string TurnText() => string.Join(", ", Enum.GetValues<SoakTurn>().Select(turn => $"{turn} {Turns.Sum(turns => turns.Counts[(int)turn])}"));

    private static string Times(IReadOnlyList<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0
            ? "not measured"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"median {sorted[sorted.Length / 2]:0} ms, p99 {sorted[(int)((sorted.Length - 1) * 0.99)]:0} ms, worst {sorted[^1]:0} ms ({sorted.Length} starts)");
    }
}
