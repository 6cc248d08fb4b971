using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Store;
using LeadFunctions.Telemetry;

namespace LeadFunctions.Intake;

/// <summary>Keeps leads, each with a delivery to every destination that takes it, and refused bodies. Throws <see cref="StoreUnavailableException"/> when it could not.</summary>
internal sealed class LeadKeeper(ILeadIntakeStore store, IReadOnlyList<DestinationRoute> routes, IntakeOptions options, TimeProvider time)
{
    /// <summary>The store keeps milliseconds; so does a lead from the start, lest it differ from itself.</summary>
    public static DateTimeOffset Now(TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <param name="identity">What identical leads have in common.</param>
    /// <param name="leastWindow">For sources that rely on repeats being recognised: how long they are at least, whatever the settings say.</param>
    /// <param name="toRowsOnly">It is told again, more fully: nobody is to hear of it twice.</param>
    public async Task<IntakeResult.Accepted> KeepAsync(Lead lead, byte[] identity, TimeSpan leastWindow = default, bool toRowsOnly = false)
    {
        var deliveries = DestinationRoute.Plan(toRowsOnly ? [.. routes.Where(route => route.KeepsState)] : routes, lead);
        var fingerprint = Fingerprint(lead.Source, lead.Event, identity);
        lead = lead with { Id = lead.Id.InPartition(LeadId.PartitionFor(lead.Subject, fingerprint)) };
        var since = Window(lead.ReceivedAt, leastWindow) is var window && window > TimeSpan.Zero ? lead.ReceivedAt - window : default(DateTimeOffset?);
        using var span = LeadTracing.Accept(lead);
        Acceptance acceptance;
        using (LeadMetrics.Write("accept"))
        {
            acceptance = await store.AcceptAsync(Traced(lead, span), fingerprint, since, deliveries);
        }

        Note(span, lead, acceptance, deliveries.Count);
        return new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries.Count);
    }

    /// <summary>Keeps a lead in the place of the refused body that has its id, or says which lead it repeats; null when that has been done before.</summary>
    public async Task<IntakeResult.Accepted?> ReplayAsync(Lead lead, byte[] identity, string by, TimeSpan leastWindow = default)
    {
        var deliveries = DestinationRoute.Plan(routes, lead);
        using var span = LeadTracing.Accept(lead);
        var (print, window) = (Fingerprint(lead.Source, lead.Event, identity), Window(lead.ReceivedAt, leastWindow));
        if (await store.ReplayAsync(Traced(lead, span), print, window, deliveries, by, Now(time)) is not { } acceptance)
        {
            return null;
        }

        Note(span, lead, acceptance, deliveries.Count);
        return new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries.Count);
    }

    public async Task<IntakeResult> RefuseAsync(string source, string? happening, int httpStatus, IReadOnlyList<Violation> violations, ReadOnlyMemory<byte> body)
    {
        var now = Now(time);
        var refused = new RefusedBody(LeadId.New(now), source, happening, now, httpStatus, [.. violations.Take(LeadSchema.MostViolations)], body);
        await store.KeepRefusedAsync(refused);
        LeadMetrics.Refused(source);
        return new IntakeResult.Refused(httpStatus, refused.Violations, refused.Id);
    }

    private static Lead Traced(Lead lead, Activity? span) => span is null ? lead : lead with { Trace = span.Id };

    private static void Note(Activity? span, Lead lead, Acceptance acceptance, int deliveries)
    {
        LeadTracing.Accepted(span, acceptance.LeadId, acceptance.IsRepeat, acceptance.IsRepeat ? 0 : deliveries);
        LeadMetrics.Accepted(lead.Source, acceptance.IsRepeat);
    }

    private TimeSpan Window(DateTimeOffset receivedAt, TimeSpan leastWindow)
    {
        var (window, ever) = (options.DuplicateWindow > leastWindow ? options.DuplicateWindow : leastWindow, receivedAt - DateTimeOffset.UnixEpoch);
        return window < ever ? window : ever;
    }

    private static byte[] Fingerprint(string source, string? happening, byte[] identity)
    {
        byte[] whole = [.. Encoding.UTF8.GetBytes($"{source}\n{happening}\n"), .. identity];
        // Half of a SHA-256 is still far beyond an accident.
        return SHA256.HashData(whole)[..16];
    }
}
