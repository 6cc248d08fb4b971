using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary><c>POST /api/runs/resubmit</c>: all dead letters, or those that match the list's filters, are tried again.</summary>
internal sealed class BulkResubmit(ILeadStore store, TimeProvider time)
{
    private const int LeadsAtOnce = 100;

    // A misspelt filter must not mean "all".
    private static readonly string[] Known = ["status", "destination", "source", "from", "to", "test", "text", "code"];

    public async Task PostAsync(HttpContext context)
    {
        List<Violation> faults = [.. context.Request.Query.Keys.Where(name => !Known.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => new Violation(name, "is no filter of a resubmit"))];
        var query = RunQuery.Read(context.Request, faults);
        if (faults.Count == 0 && (query.Refused || query.Filter.State is not (null or RunState.DeadLetter)))
        {
            faults.Add(new Violation("status", "can only be dead_letter: nothing else is resubmitted"));
        }

        await (faults.Count > 0
            ? RunQuery.Problem(faults).WriteAsync(context)
            : RunEndpoints.AcceptAsync(context, await ResubmitAsync(query.Filter with { State = RunState.DeadLetter }, RunCaller.Of(context))));
    }

    private async Task<int> ResubmitAsync(RunFilter filter, string by)
    {
        var now = time.GetUtcNow();
        if (filter == new RunFilter(RunState.DeadLetter, filter.Destination))
        {
            return await store.ResubmitDeadLettersAsync(filter.Destination, by, now);
        }

        var total = 0;
        LeadId? before = null;
        do
        {
            var page = await store.ListRunsAsync(filter, before, LeadsAtOnce);
            // Asked for together, so that they share commits.
            var counts = await Task.WhenAll(page.Items.SelectMany(run => DeadLetters(run, filter.Destination).Select(destination => store.ResubmitAsync(run.Lead.Id, destination, evenDelivered: false, by, now))));
            total += counts.Sum() ?? 0;
            before = page.Next;
        }
        while (before is not null);

        return total;
    }

    private static IEnumerable<string> DeadLetters(Run run, string? destination) =>
        run.Deliveries.Where(delivery => delivery.State.Status == DeliveryStatus.DeadLetter).Select(delivery => delivery.Destination).Where(name => destination is null || name == destination);
}
