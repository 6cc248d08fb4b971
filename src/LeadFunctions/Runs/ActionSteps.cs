using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// An action of very many leads is done in steps, because a platform ends a request that isn't answered (Azure: after 230 s). Each answer
/// says how much is done, and where to go on: with the same request and <c>next</c>.
/// </summary>
internal static class ActionSteps
{
    public const string Next = "next";

    /// <summary>After this an answer is given; what is begun by then is finished.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(30);

    private const int LeadsInAStep = 1_000;

    /// <summary>Erases, or only counts, as much as there is time for.</summary>
    public static async Task<Erasure> EraseAsync(
        IActionStore store,
        string address,
        bool countOnly,
        LeadId? after,
        string by,
        TimeProvider time)
    {
        var (began, total) = (time.GetTimestamp(), default(Erasure));
        do
        {
            var step = await store.EraseAsync(address, countOnly, after, LeadsInAStep, by, time.GetUtcNow());
            total += step;
            after = step.Next;
        }
        while (after is not null && time.GetElapsedTime(began) < MostTime);

        return total with { Next = after };
    }
}
