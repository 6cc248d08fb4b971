using System.Globalization;
using System.Text;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>What a soak found.</summary>
/// <param name="FirstAnswers">Milliseconds from a start after a kill until the first lead that it acknowledged.</param>
internal sealed record SoakReport(
    SoakPlan Plan, SoakLedger Ledger, SoakCount Count, SoakEnding Ending, int Posted, TimeSpan Took, IReadOnlyList<SoakStart> Starts, IReadOnlyList<double> FirstAnswers,
    SoakDestinations Destinations)
{
    /// <summary>A program has no more under way to one destination than its slots.</summary>
    private const int Slots = 8;

    public required long StoreBytes { get; init; }

    public required int KilledWhileStarting { get; init; }

    /// <summary>Starts that ended by themselves, because the storage did not answer for example.</summary>
    public required int FailedStarts { get; init; }

    /// <summary>What all the programs had of the cores.</summary>
    public required TimeSpan ProgramCpu { get; init; }

    /// <summary>What the senders and destinations had.</summary>
    public required TimeSpan OwnCpu { get; init; }

    /// <summary>Every promise that was broken, in a sentence; none: all held.</summary>
    public IReadOnlyList<string> Broken =>
    [
        .. Ending.Lost > 0 ? [$"{Ending.Lost} acknowledged leads are lost."] : Array.Empty<string>(),
        .. Count.OtherRows > 0 ? [$"{Count.OtherRows} acknowledged leads have a row with another key."] : Array.Empty<string>(),
        .. Ledger.SecondRows > 0 ? [$"{Ledger.SecondRows} leads have a second row."] : Array.Empty<string>(),
        .. Count.Unexplained > 0 ? [$"{Count.Unexplained} further mails have no attempt before them that was under way at a kill or lost its answer."] : Array.Empty<string>(),
        .. Count.MostByOneKill > Slots ? [$"One kill explains {Count.MostByOneKill} further mails, and no more than {Slots} can have been under way."] : Array.Empty<string>(),
        .. Count.Faults,
    ];

    /// <summary>The row of the table in docs/reliability.md.</summary>
    public string ToMarkdown(string command) => string.Create(
        CultureInfo.InvariantCulture,
        $"| `{command}` | {Posted:#,0} posted, {Ledger.Acknowledged:#,0} acknowledged, {Ledger.Apart:#,0} counted apart | {Ledger.Kills:#,0} | {LostText} | {Ledger.SecondRows} | "
        + $"{ExtraText} | {StoreBytes / 1048576.0:#,0} MiB, {PerLead / 1000.0:0.0} KB each | {Times(Starts.Select(start => start.Milliseconds))}; "
        + $"{Times(FirstAnswers)} | {Took:hh\\:mm\\:ss} |");

    public override string ToString()
    {
        var text = new StringBuilder();
        Line("leads", $"{Posted:#,0} posted, {Ledger.Acknowledged:#,0} acknowledged ({Ledger.Repeats:#,0} of them as a repeat of a post whose answer was lost)");
        Line("posts", $"{Ledger.Unanswered:#,0} without an answer, {Ledger.Apart:#,0} of them not tried again and counted apart; other answers: {Answers()}");
        Line("kills", $"{Ledger.Kills:#,0}, {KilledWhileStarting:#,0} of them during a start; starts that failed by themselves: {FailedStarts:#,0}");
        Line("requests", $"{Destinations.Requests:#,0} to Dataverse and SendGrid; turns: {TurnText()}");
        Line("lost", $"{LostText}");
        Line("second rows", $"{Ledger.SecondRows}; rows with another key than was acknowledged: {Count.OtherRows}");
        Line("extra mails", $"{ExtraText}; most mails of one lead: {Count.MostMails}");
        Line("dead letters", $"{Ending.Resubmitted:#,0} put back by hand at the end");
        Line("store", $"{StoreBytes / 1048576.0:#,0.0} MiB, {PerLead:#,0} bytes for each lead");
        Line("start", $"until it listens: {Times(Starts.Select(start => start.Milliseconds))}, of a core: {Times(Starts.Select(start => start.Cpu))}");
        foreach (var slow in Starts.OrderByDescending(start => start.Milliseconds).Take(3))
        {
            Line("", $"{slow.Milliseconds:0} ms, {slow.Cpu:0} ms of a core, with {slow.Waiting:#,0} leads waiting");
        }

        Line("first lead", $"from a start to the first that it acknowledged: {Times(FirstAnswers)}");
        Line("time", $"{Took:hh\\:mm\\:ss}, {Ledger.Acknowledged / Took.TotalSeconds:0} leads/s; {ProgramCpu.TotalSeconds:0} s of a core for the programs, {OwnCpu.TotalSeconds:0} s for senders and destinations");
        foreach (var broken in Broken)
        {
            Line("BROKEN", $"{broken}");
        }

        return text.ToString();

        void Line(string what, FormattableString value) => text.Append(CultureInfo.InvariantCulture, $"  {what,-13} ").AppendLine(value.ToString(CultureInfo.InvariantCulture));
    }

    private string ExtraText => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count.ExtraMails:#,0}: {Count.ExtraByKill:#,0} under way at a kill ({Count.MostByOneKill} at most by one), {Count.ExtraByLostAnswer:#,0} after a lost answer, "
        + $"{Count.Unexplained} without a reason");

    private long PerLead => Posted == 0 ? 0 : StoreBytes / Posted;

    private string LostText => Ending.Waiting + Ending.NotKnown == 0
        ? $"{Ending.Lost}"
        : string.Create(
            CultureInfo.InvariantCulture, $"{Ending.Lost}; {Ending.Waiting:#,0} had not arrived and are in the store, {Ending.NotKnown:#,0} could not be asked for");

    private string Answers() => Count.OtherAnswers.Count == 0 ? "none" : string.Join(", ", Count.OtherAnswers.Select(answer => $"{answer.Value} × {answer.Key}"));

    private string TurnText() => string.Join(", ", Enum.GetValues<SoakTurn>().Select(turn => $"{turn} {Destinations.Turns.Sum(turns => turns.Counts[(int)turn])}"));

    private static string Times(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0
            ? "not measured"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"median {sorted[sorted.Length / 2]:0} ms, p99 {sorted[(int)((sorted.Length - 1) * 0.99)]:0} ms, worst {sorted[^1]:0} ms ({sorted.Length} starts)");
    }
}
