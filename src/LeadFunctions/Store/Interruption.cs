using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What follows when a delivery was under way while its program ended. One lead that ends every program which sends it must not do so for
/// ever, and what was under way beside it must not be blamed for it: what was interrupted is tried again one at a time, so that only what
/// ends the program by itself is interrupted again. Pure; the stores count, in a row, and forget the count with the next recorded result.
/// </summary>
internal static class Interruption
{
    /// <summary>So often in a row, and a delivery is a dead letter.</summary>
    public const int Most = 5;

    /// <summary>
    /// It is the lead, and not the destination, when its deliveries to two destinations were interrupted so often together, each of them
    /// at least <see cref="LeastOfEach"/> times. So a lead that ends the program at both ends it 8 times at most, whichever goes first.
    /// </summary>
    private const int MostOfTwo = 7;

    private const int LeastOfEach = 3;

    /// <summary>
    /// So long after a start what was interrupted goes first, with nothing else under way. A destination that hangs must not hold up others
    /// for longer.
    /// </summary>
    public static readonly TimeSpan AloneAfterStart = TimeSpan.FromSeconds(15);

    /// <param name="inARow">How often the delivery was interrupted since its last result.</param>
    /// <param name="another">The same of that other delivery of the lead which was interrupted most often.</param>
    public static bool IsEnough(int inARow, int another) => inARow >= Most || (inARow >= LeastOfEach && inARow + another >= MostOfTwo);

    /// <summary>
    /// What was interrupted once may have been beside the culprit: at once. Then 2, 4 and 8 seconds: others get on meanwhile, and what
    /// starts the program again doesn't give it up for ending too often. What is to be given up on need not wait for that.
    /// </summary>
    public static TimeSpan Wait(int inARow) => inARow is <= 1 or >= Most ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Pow(2, inARow - 1));

    public static string Reason(int inARow) =>
        $"Interrupted {inARow} times in a row: each time the program ended, or its worker failed, while this was being sent. "
        + "Resubmit it when the cause is mended.";

    /// <summary>How it is told in the history. It doesn't count as a failure.</summary>
    public static DeliveryAttempt Attempt(DateTimeOffset claimedAt) => new(
        claimedAt,
        TimeSpan.Zero,
        null,
        DeliveryAttempt.Interrupted,
        "The program stopped before an answer was recorded; the request may have arrived.");
}
