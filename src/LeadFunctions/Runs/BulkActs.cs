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
        var filter = ReadFilter(context.Request, faults);
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

        await RunEndpoints.AnswerAsync(context, StatusCodes.Status202Accepted, ("resubmitted", await ResubmitAsync(filter, context.CallerName())));
    }

    /// <summary>Which dead letters a request means; what can't be read is added to the faults.</summary>
    public static RunFilter ReadFilter(HttpRequest request, List<Violation> faults)
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

/// <summary>
/// <c>POST /api/runs/resend?destination=NAME&amp;from=TIME</c>: everything from a time on is sent to a destination again, what has arrived there too,
/// for a remote system that lost it (a CRM that was put back to yesterday's backup). With <c>&amp;dryRun=true</c> it only says how many there are.
/// </summary>
internal sealed class BulkResend(IActStore store, IRunHistoryStore history, TimeProvider time)
{
    public async Task PostAsync(HttpContext context)
    {
        var faults = new List<Violation>();
        var filter = ReadFilter(context.Request, faults);
        var countOnly = ActQuery.IsDryRun(context.Request, faults);
        if (faults.Count > 0)
        {
            await RunQuery.Problem(faults).WriteAsync(context);
            return;
        }

        await (countOnly
            ? RunEndpoints.AnswerAsync(context, StatusCodes.Status200OK, ("deliveries", await CountAsync(filter, context.RequestAborted)))
            : RunEndpoints.AnswerAsync(context, StatusCodes.Status202Accepted, ("resent", await ResendAsync(filter, context.CallerName()))));
    }

    /// <summary>Which deliveries a request means; what can't be read, and what must be said, is added to the faults.</summary>
    public static RunFilter ReadFilter(HttpRequest request, List<Violation> faults)
    {
        faults.AddRange(RunQuery.Unknown(request, "is no filter of a resend", ActQuery.DryRun));
        var query = RunQuery.Read(request, faults);
        if (query.Filter.State is not null || query.Refused)
        {
            faults.Add(new Violation("status", "does not go with a resend: it sends again what has arrived and what was given up on"));
        }

        // Twice as much as was meant would be twice the mails.
        if (query.Filter.Destination is null && !faults.Exists(fault => fault.Path == "destination"))
        {
            faults.Add(new Violation("destination", "is missing; name the destination that is to get everything again"));
        }

        if (query.Filter.From is null && !faults.Exists(fault => fault.Path == "from"))
        {
            faults.Add(new Violation("from", "is missing; say from when on, such as 2026-11-21T09:00:00Z"));
        }

        return query.Filter;
    }

    public async Task<int> CountAsync(RunFilter filter, CancellationToken stop)
    {
        var count = 0;
        await foreach (var page in PagesAsync(filter, stop))
        {
            count += page.Count;
        }

        return count;
    }

    public async Task<int> ResendAsync(RunFilter filter, string by)
    {
        var (total, now) = (0, time.GetUtcNow());
        await foreach (var page in PagesAsync(filter, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is under way meanwhile stays so.
            total += (await Task.WhenAll(page.Select(lead => store.ResubmitAsync(lead, filter.Destination, evenDelivered: true, by, now)))).Sum() ?? 0;
        }

        return total;
    }

    private async IAsyncEnumerable<IReadOnlyList<LeadId>> PagesAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken stop)
    {
        // What comes meanwhile is delivered anyway.
        var until = filter with { To = filter.To ?? time.GetUtcNow() };
        await foreach (var page in BulkResubmit.PagesAsync(history, until, stop))
        {
            yield return [.. page.Where(run => run.Deliveries.Any(IsMeant)).Select(run => run.Lead.Id)];
        }

        bool IsMeant(RunDelivery delivery) => delivery.Destination == filter.Destination && MaySend(delivery);
    }

    // What waits is on its way; what was discarded is over because somebody said so.
    private static bool MaySend(RunDelivery delivery) => delivery.State.Status is DeliveryStatus.Delivered or DeliveryStatus.DeadLetter;
}
