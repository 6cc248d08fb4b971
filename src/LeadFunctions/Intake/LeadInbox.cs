using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>
/// Puts leads on disk, each with a delivery to every destination that takes it, and refused bodies. A repeat becomes no lead: the store
/// recognises it by the deduplication key that is made here. Throws <see cref="StoreUnavailableException"/> when it could not.
/// </summary>
internal sealed class LeadInbox(ILeadIntakeStore store, IReadOnlyList<DestinationRoute> routes, IntakeOptions options, TimeProvider time)
{
    /// <summary>The store keeps milliseconds; so does a lead from the start, or it would differ from itself.</summary>
    public static DateTimeOffset Now(TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <param name="deduplicationText">What identical leads have in common; its hash is the deduplication key.</param>
    /// <param name="leastWindow">
    /// For sources that rely on repeats being recognised: the shortest duplicate window, whatever the settings say.
    /// </param>
    /// <param name="toRowsOnly">It says more fully what an earlier lead said: rows get it, and people don't hear of it twice.</param>
    public async Task<IntakeResult.Accepted> AcceptAsync(
        Lead lead,
        byte[] deduplicationText,
        TimeSpan leastWindow = default,
        bool toRowsOnly = false)
    {
        var deliveries = DestinationRoute.Plan(toRowsOnly ? [.. routes.Where(route => route.KeepsRow)] : routes, lead);
        var key = DeduplicationKey(lead.Source, lead.Event, deduplicationText);
        lead = lead with { Id = lead.Id.InPartition(LeadId.PartitionFor(lead.SharedRow, key)) };
        var since =
            Window(lead.ReceivedAt, leastWindow) is var window && window > TimeSpan.Zero
                ? lead.ReceivedAt - window
                : default(DateTimeOffset?);
        using var span = LeadTracing.Accept(lead);
        Acceptance acceptance;
        using (LeadMetrics.Write("accept"))
        {
            acceptance = await store.AcceptAsync(Traced(lead, span), key, since, deliveries);
        }

        return Accepted(span, lead, acceptance, deliveries.Count);
    }

    /// <summary>
    /// Accepts a lead in the place of the refused body that has its id, or says which lead it repeats; null when that has been done before.
    /// </summary>
    public async Task<IntakeResult.Accepted?> ReplayAsync(Lead lead, byte[] deduplicationText, string by, TimeSpan leastWindow = default)
    {
        var deliveries = DestinationRoute.Plan(routes, lead);
        using var span = LeadTracing.Accept(lead);
        var (key, window) = (DeduplicationKey(lead.Source, lead.Event, deduplicationText), Window(lead.ReceivedAt, leastWindow));
        return await store.ReplayAsync(Traced(lead, span), key, window, deliveries, by, Now(time)) is { } acceptance
            ? Accepted(span, lead, acceptance, deliveries.Count)
            : null;
    }

    /// <summary>Keeps a body that is not accepted, with what is wrong with it.</summary>
    public async Task<IntakeResult> RefuseAsync(
        string source,
        string? eventName,
        int httpStatus,
        IReadOnlyList<Violation> violations,
        ReadOnlyMemory<byte> body)
    {
        var now = Now(time);
        Violation[] told = [.. violations.Take(LeadSchema.MostViolations)];
        var refused = new RefusedBody(LeadId.New(now), source, eventName, now, httpStatus, told, body);
        await store.KeepRefusedAsync(refused);
        LeadMetrics.Refused(source);
        return new IntakeResult.Refused(httpStatus, told, refused.Id);
    }

    private static Lead Traced(Lead lead, Activity? span) => span is null ? lead : lead with { Trace = span.Id };

    private static IntakeResult.Accepted Accepted(Activity? span, Lead lead, Acceptance acceptance, int deliveries)
    {
        LeadTracing.Accepted(span, acceptance.LeadId, acceptance.IsRepeat, acceptance.IsRepeat ? 0 : deliveries);
        LeadMetrics.Accepted(lead.Source, acceptance.IsRepeat);
        return new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries);
    }

    private TimeSpan Window(DateTimeOffset receivedAt, TimeSpan leastWindow)
    {
        var window = options.DuplicateWindow > leastWindow ? options.DuplicateWindow : leastWindow;
        var ever = receivedAt - DateTimeOffset.UnixEpoch;
        return window < ever ? window : ever;
    }

    private static byte[] DeduplicationKey(string source, string? eventName, byte[] deduplicationText)
    {
        byte[] whole = [.. Encoding.UTF8.GetBytes($"{source}\n{eventName}\n"), .. deduplicationText];
        // Half of a SHA-256 is still far beyond an accident.
        return SHA256.HashData(whole)[..16];
    }
}
