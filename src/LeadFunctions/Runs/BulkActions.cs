using System.Runtime.CompilerServices;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>How many deliveries a bulk action is about, and of how many leads.</summary>
/// <param name="Next">There are more, and where to go on; null: that is all.</param>
internal readonly record struct BulkCount(int Leads, int Deliveries, LeadId? Next);

/// <param name="Before">Where the answer before it ended; null: it begins.</param>
/// <param name="Asked">When a resend was first asked for (<see cref="BulkResend.AskedParameter"/>).</param>
internal sealed record BulkRequest(RunFilter Filter, LeadId? Before, DateTimeOffset? Asked = null);

/// <summary>
/// What is done to every delivery that matches the list's filters: counted first, then done. The API and the page share it. Very many are
/// done in steps (<see cref="ActionSteps"/>).
/// </summary>
internal abstract class BulkAction(IRunHistoryStore history, TimeProvider time)
{
    private const int LeadsAtOnce = 500;

    protected TimeProvider Time => time;

    /// <summary>What the answer and the page call it when it is done.</summary>
    public abstract string Done { get; }

    /// <summary>With <c>?dryRun=true</c> it only says how many there are.</summary>
    public async Task PostAsync(HttpContext context)
    {
        var faults = new List<Violation>();
        var request = ReadRequest(context.Request, faults);
        var countOnly = ActionQuery.IsDryRun(context.Request, faults);
        if (faults.Count > 0)
        {
            await RunListRequest.Problem(faults).WriteAsync(context);
            return;
        }

        if (countOnly)
        {
            var count = await CountAsync(request, context.RequestAborted);
            await RunEndpoints.AnswerAsync(context, StatusCodes.Status200OK, count.Next, Describe(count));
            return;
        }

        var (done, next) = await RunAsync(request, context.CallerName());
        await RunEndpoints.AnswerAsync(context, StatusCodes.Status202Accepted, next, (Done, done));
    }

    /// <summary>Which deliveries a request means; what can't be read, and what must be said, is added to the faults.</summary>
    public abstract BulkRequest ReadRequest(HttpRequest request, List<Violation> faults);

    public abstract Task<BulkCount> CountAsync(BulkRequest request, CancellationToken stop);

    /// <summary>
    /// Does as many as there is time for, and says where to go on; null: that is all. It goes on when the caller goes away.
    /// </summary>
    public abstract Task<(int Count, LeadId? Next)> RunAsync(BulkRequest request, string by);

    protected abstract (string What, int Count)[] Describe(BulkCount count);

    /// <summary>The runs that match, the newest first, page by page, for as long as there is time.</summary>
    protected async IAsyncEnumerable<Page<Run>> PagesAsync(
        RunFilter filter,
        LeadId? before,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var began = time.GetTimestamp();
        do
        {
            var page = await history.ListRunsAsync(filter, before, LeadsAtOnce, stop);
            yield return page;
            before = page.Next;
        }
        while (before is not null && time.GetElapsedTime(began) < ActionSteps.MostTime);
    }
}

/// <summary><c>POST /api/runs/resubmit</c>: all dead letters, or those that match the list's filters, are tried again.</summary>
internal sealed class BulkResubmit(IActionStore store, IRunHistoryStore history, TimeProvider time) : BulkAction(history, time)
{
    public override string Done => "resubmitted";

    public override BulkRequest ReadRequest(HttpRequest request, List<Violation> faults)
    {
        // A misspelt filter must not mean "all".
        faults.AddRange(RunListRequest.Unknown(request, "is no filter of a resubmit", ActionQuery.DryRun, ActionSteps.Next));
        var query = RunListRequest.Read(request, faults);
        if (faults.Count == 0 && (query.Refused || query.Filter.State is not (null or RunState.DeadLetter)))
        {
            faults.Add(new Violation("status", "can only be dead_letter: nothing else is resubmitted"));
        }

        return new BulkRequest(query.Filter with { State = RunState.DeadLetter }, query.Before);
    }

    /// <summary>With the dead letters that they wait for.</summary>
    public override async Task<BulkCount> CountAsync(BulkRequest request, CancellationToken stop)
    {
        var (leads, deliveries, next) = (0, 0, request.Before);
        await foreach (var page in PagesAsync(request.Filter, request.Before, stop))
        {
            next = page.Next;
            var counts = page.Items.Select(run => ResubmitPlan.OfDeadLetters(Deliveries(run), request.Filter.Destination).Count);
            foreach (var putBack in counts.Where(count => count > 0))
            {
                leads++;
                deliveries += putBack;
            }
        }

        return new BulkCount(leads, deliveries, next);
    }

    public override async Task<(int Count, LeadId? Next)> RunAsync(BulkRequest request, string by)
    {
        var (total, next, now) = (0, request.Before, Time.GetUtcNow());
        await foreach (var page in PagesAsync(request.Filter, request.Before, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is no dead letter any more stays as it is.
            var counts = page.Items.Select(run => store.ResubmitDeadLettersAsync(run.Lead.Id, request.Filter.Destination, by, now));
            total += (await Task.WhenAll(counts)).Sum();
            next = page.Next;
        }

        return (total, next);
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
internal sealed class BulkResend(IActionStore store, IRunHistoryStore history, TimeProvider time) : BulkAction(history, time)
{
    /// <summary>
    /// When the action was first asked for: what was sent again since then isn't once more, so that a request whose answer was lost can be
    /// repeated.
    /// </summary>
    public const string AskedParameter = "asked";

    public override string Done => "resent";

    public override BulkRequest ReadRequest(HttpRequest request, List<Violation> faults)
    {
        faults.AddRange(RunListRequest.Unknown(request, "is no filter of a resend", ActionQuery.DryRun, ActionSteps.Next, AskedParameter));
        var query = RunListRequest.Read(request, faults);
        var asked = new QueryReader(request.Query, faults).Value(AskedParameter, RunListRequest.ParseTime, RunListRequest.NoTime);
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

        return new BulkRequest(query.Filter, query.Before, asked);
    }

    public override async Task<BulkCount> CountAsync(BulkRequest request, CancellationToken stop)
    {
        var (count, next) = (0, request.Before);
        await foreach (var (leads, rest) in MeantAsync(request, stop))
        {
            count += leads.Count;
            next = rest;
        }

        return new BulkCount(count, count, next);
    }

    public override async Task<(int Count, LeadId? Next)> RunAsync(BulkRequest request, string by)
    {
        var (total, next, now) = (0, request.Before, Time.GetUtcNow());
        await foreach (var (leads, rest) in MeantAsync(request, CancellationToken.None))
        {
            // Asked for together, so that they share commits. The store looks again: what is under way meanwhile stays so.
            var counts = leads.Select(lead => store.ResubmitAsync(lead, request.Filter.Destination, evenDelivered: true, by, now));
            total += (await Task.WhenAll(counts)).Sum() ?? 0;
            next = rest;
        }

        return (total, next);
    }

    protected override (string What, int Count)[] Describe(BulkCount count) => [("deliveries", count.Deliveries)];

    private async IAsyncEnumerable<(IReadOnlyList<LeadId> Leads, LeadId? Next)> MeantAsync(
        BulkRequest request,
        [EnumeratorCancellation] CancellationToken stop)
    {
        // What comes meanwhile is delivered anyway.
        var until = request.Filter with { To = request.Filter.To ?? Time.GetUtcNow() };
        await foreach (var page in PagesAsync(until, request.Before, stop))
        {
            yield return ([.. page.Items.Where(run => run.Deliveries.Any(IsMeant) && !IsDone(run)).Select(run => run.Lead.Id)], page.Next);
        }

        bool IsMeant(RunDelivery delivery) => delivery.Destination == until.Destination && MaySend(delivery);

        bool IsDone(Run run) => request.Asked is { } asked
            && run.Audit.Any(entry =>
                entry.Kind == AuditEntry.Resubmitted && entry.Destination == until.Destination && entry.At >= asked);
    }

    // What waits is on its way; what was discarded is over because somebody said so.
    private static bool MaySend(RunDelivery delivery) => delivery.State.Status is DeliveryStatus.Delivered or DeliveryStatus.DeadLetter;
}
