using System.Runtime.CompilerServices;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>How many deliveries a bulk act is about, and of how many leads.</summary>
internal readonly record struct BulkCount(int Leads, int Deliveries);

/// <summary>
/// What is done to every delivery that matches the list's filters: counted first, then done. The API and the page share it.
/// </summary>
internal abstract class BulkAct(IRunHistoryStore history)
{
    private const int LeadsAtOnce = 500;

    /// <summary>What the answer and the page call it when it is done.</summary>
    public abstract string Done { get; }

    /// <summary>With <c>?dryRun=true</c> it only says how many there are.</summary>
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
            ? RunEndpoints.AnswerAsync(context, StatusCodes.Status200OK, Describe(await CountAsync(filter, context.RequestAborted)))
            : RunEndpoints.AnswerAsync(context, StatusCodes.Status202Accepted, (Done, await ActAsync(filter, context.CallerName()))));
    }

    /// <summary>Which deliveries a request means; what can't be read, and what must be said, is added to the faults.</summary>
    public abstract RunFilter ReadFilter(HttpRequest request, List<Violation> faults);

    public abstract Task<BulkCount> CountAsync(RunFilter filter, CancellationToken stop);

    /// <summary>It goes on when the caller goes away.</summary>
    public abstract Task<int> ActAsync(RunFilter filter, string by);

    protected abstract (string What, int Count)[] Describe(BulkCount count);

    /// <summary>All runs that match, the newest first, page by page.</summary>
    protected async IAsyncEnumerable<IReadOnlyList<Run>> PagesAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken stop)
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
}

/// <summary><c>POST /api/runs/resubmit</c>: all dead letters, or those that match the list's filters, are tried again.</summary>
internal sealed class BulkResubmit(IActStore store, IRunHistoryStore history, TimeProvider time) : BulkAct(history)
{
    public override string Done => "resubmitted";

    public override RunFilter ReadFilter(HttpRequest request, List<Violation> faults)
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

    /// <summary>With the dead letters that they wait for.</summary>
    public override async Task<BulkCount> CountAsync(RunFilter filter, CancellationToken stop)
    {
        var (leads, deliveries) = (0, 0);
        await foreach (var page in PagesAsync(filter, stop))
        {
            var counts = page.Select(run => ResubmitPlan.OfDeadLetters(Deliveries(run), filter.Destination).Count);
            foreach (var putBack in counts.Where(count => count > 0))
            {
                leads++;
                deliveries += putBack;
            }
        }

        return new BulkCount(leads, deliveries);
    }

    public override async Task<int> ActAsync(RunFilter filter, string by)
    {
        var now = time.GetUtcNow();
        if (filter == new RunFilter(RunState.DeadLetter, filter.Destination))
        {
            return await store.ResubmitDeadLettersAsync(filter.Destination, by, now);
        }

        var total = 0;
        await foreach (var page in PagesAsync(filter, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is no dead letter any more stays as it is.
            var counts = page.Select(run => store.ResubmitDeadLettersAsync(run.Lead.Id, filter.Destination, by, now));
            total += (await Task.WhenAll(counts)).Sum();
        }

        return total;
    }

    protected override (string What, int Count)[] Describe(BulkCount count) => [("leads", count.Leads), ("deliveries", count.Deliveries)];

    private static Dictionary<string, (DeliveryStatus Status, string? After)> Deliveries(Run run) => run.Deliveries.ToDictionary(
        delivery => delivery.Destination,
        delivery => (delivery.State.Status, delivery.After),
        StringComparer.Ordinal);
}

/// <summary>
/// <c>POST /api/runs/resend?destination=NAME&amp;from=TIME</c>: everything from a time on is sent to a destination again, what has arrived
/// there too, for a remote system that lost it (a CRM that was put back to yesterday's backup).
/// </summary>
internal sealed class BulkResend(IActStore store, IRunHistoryStore history, TimeProvider time) : BulkAct(history)
{
    public override string Done => "resent";

    public override RunFilter ReadFilter(HttpRequest request, List<Violation> faults)
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

    public override async Task<BulkCount> CountAsync(RunFilter filter, CancellationToken stop)
    {
        var count = 0;
        await foreach (var page in MeantAsync(filter, stop))
        {
            count += page.Count;
        }

        return new BulkCount(count, count);
    }

    public override async Task<int> ActAsync(RunFilter filter, string by)
    {
        var (total, now) = (0, time.GetUtcNow());
        await foreach (var page in MeantAsync(filter, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is under way meanwhile stays so.
            var counts = page.Select(lead => store.ResubmitAsync(lead, filter.Destination, evenDelivered: true, by, now));
            total += (await Task.WhenAll(counts)).Sum() ?? 0;
        }

        return total;
    }

    protected override (string What, int Count)[] Describe(BulkCount count) => [("deliveries", count.Deliveries)];

    private async IAsyncEnumerable<IReadOnlyList<LeadId>> MeantAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken stop)
    {
        // What comes meanwhile is delivered anyway.
        await foreach (var page in PagesAsync(filter with { To = filter.To ?? time.GetUtcNow() }, stop))
        {
            yield return [.. page.Where(run => run.Deliveries.Any(IsMeant)).Select(run => run.Lead.Id)];
        }

        bool IsMeant(RunDelivery delivery) => delivery.Destination == filter.Destination && MaySend(delivery);
    }

    // What waits is on its way; what was discarded is over because somebody said so.
    private static bool MaySend(RunDelivery delivery) => delivery.State.Status is DeliveryStatus.Delivered or DeliveryStatus.DeadLetter;
}
