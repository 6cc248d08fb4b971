using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Schema;
using LeadFunctions.Store;

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
        var acceptance = await store.AcceptAsync(lead, Fingerprint(lead.Source, lead.Event, identity), Window(lead.ReceivedAt, leastWindow) is var window && window > TimeSpan.Zero ? lead.ReceivedAt - window : null, deliveries);
        return new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries.Count);
    }

    /// <summary>Keeps a lead in the place of the refused body that has its id, or says which lead it repeats; null when that has been done before.</summary>
    public async Task<IntakeResult.Accepted?> ReplayAsync(Lead lead, byte[] identity, string by, TimeSpan leastWindow = default)
    {
        var deliveries = DestinationRoute.Plan(routes, lead);
        return await store.ReplayAsync(lead, Fingerprint(lead.Source, lead.Event, identity), Window(lead.ReceivedAt, leastWindow), deliveries, by, Now(time)) is { } acceptance
            ? new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries.Count)
            : null;
    }

    public async Task<IntakeResult> RefuseAsync(string source, string? happening, int httpStatus, IReadOnlyList<Violation> violations, ReadOnlyMemory<byte> body)
    {
        var now = Now(time);
        var refused = new RefusedBody(LeadId.New(now), source, happening, now, httpStatus, [.. violations.Take(LeadSchema.MostViolations)], body);
        await store.KeepRefusedAsync(refused);
        return new IntakeResult.Refused(httpStatus, refused.Violations, refused.Id);
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
