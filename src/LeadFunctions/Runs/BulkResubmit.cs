using System.Runtime.CompilerServices;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// <c>POST /api/runs/resubmit</c>: all dead letters, or those that match the list's filters, are tried again; with <c>?dryRun=true</c> it only says
/// how many there are.
/// </summary>
internal sealed class BulkResubmit(IActStore store, IRunHistoryStore history, TimeProvider time)
{
    private const int LeadsAtOnce = 500;

    public async Task PostAsync(HttpContext context)
    {
        var faults = new List<Violation>();
        var filter = FilterOf(context.Request, faults);
        var countOnly = ActQuery.IsDryRun(context.Request, faults);
        if (faults.Count > 0)
        {
            await RunQuery.Problem(faults).WriteAsync(context);
            return;
        }

        if (countOnly)
        {
            var (leads, deliveries) = await CountAsync(filter, context.RequestAborted);
            await RunEndpoints.AnswerAsync(context, StatusCodes.Status200OK, ("leads", leads), ("deliveries", deliveries));
            return;
        }

        await RunEndpoints.AnswerAsync(context, StatusCodes.Status202Accepted, ("resubmitted", await ResubmitAsync(filter, RunCaller.Of(context))));
    }

    /// <summary>Which dead letters a request means; what can't be read is added to the faults.</summary>
    public static RunFilter FilterOf(HttpRequest request, List<Violation> faults)
    {
        // A misspelt filter must not mean "all".
        faults.AddRange(RunQuery.Unknown(request, "is no filter of a resubmit", ActQuery.DryRun));
        var query = RunQuery.Read(request, faults);
        if (faults.Count == 0 && (query.Refused || query.Filter.State is not (null or RunState.DeadLetter)))
        {
            faults.Add(new Violation("status", "can only be dead_letter: nothing else is resubmitted"));
        }

        return query.Filter with { State = RunState.DeadLetter };
    }

    /// <summary>How many deliveries would be put back, with the dead letters that they wait for, and of how many leads.</summary>
    public async Task<(int Leads, int Deliveries)> CountAsync(RunFilter filter, CancellationToken stop)
    {
        var (leads, deliveries) = (0, 0);
        await foreach (var page in PagesAsync(history, filter, stop))
        {
            foreach (var putBack in page.Select(run => ResubmitPlan.OfDeadLetters(Deliveries(run), filter.Destination).Count).Where(count => count > 0))
            {
                leads++;
                deliveries += putBack;
            }
        }

        return (leads, deliveries);
    }

    public async Task<int> ResubmitAsync(RunFilter filter, string by)
    {
        var now = time.GetUtcNow();
        if (filter == new RunFilter(RunState.DeadLetter, filter.Destination))
        {
            return await store.ResubmitDeadLettersAsync(filter.Destination, by, now);
        }

        var total = 0;
        await foreach (var page in PagesAsync(history, filter, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is no dead letter any more stays as it is.
            total += (await Task.WhenAll(page.Select(run => store.ResubmitDeadLettersAsync(run.Lead.Id, filter.Destination, by, now)))).Sum();
        }

        return total;
    }

    /// <summary>All runs that match, the newest first, page by page.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Run>> PagesAsync(
        IRunHistoryStore history,
        RunFilter filter,
        [EnumeratorCancellation] CancellationToken stop)
    {
        LeadId? before = null;
        do
        {
            var page = await history.ListRunsAsync(filter, before, LeadsAtOnce, stop);
            yield return page.Items;
            before = page.Next;
        }
        while (before is not null);
    }

    private static Dictionary<string, (DeliveryStatus Status, string? After)> Deliveries(Run run) =>
        run.Deliveries.ToDictionary(delivery => delivery.Destination, delivery => (delivery.State.Status, delivery.After), StringComparer.Ordinal);
}
