using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Schema;
using LeadFunctions.Store;

namespace LeadFunctions.Intake;

/// <summary>Checks a body, keeps it, and says what became of it. Throws <see cref="StoreUnavailableException"/> when it could not be kept.</summary>
internal sealed class LeadIntake(LeadSchema schema, ILeadStore store, IReadOnlyList<DestinationRoute> routes, IntakeOptions options, TimeProvider time)
{
    public async Task<IntakeResult> TakeAsync(string source, string? happening, ReadOnlyMemory<byte> body)
    {
        var text = BodyText.Utf8(body);
        var violations = Check(text, out var lead, out var identity, source, happening);
        if (violations.Count > 0)
        {
            return await RefuseAsync(source, happening, StatusCodes.Status400BadRequest, violations, body);
        }

        var deliveries = DestinationRoute.Plan(routes, lead!);
        var acceptance = await store.AcceptAsync(
            lead!,
            Fingerprint(source, happening, identity),
            options.DuplicateWindow > TimeSpan.Zero ? lead!.ReceivedAt - options.DuplicateWindow : null,
            deliveries);
        return new IntakeResult.Accepted(acceptance.LeadId, acceptance.IsRepeat, deliveries.Count);
    }

    /// <summary>Takes a body that was refused, as it would be taken today; its lead has the refused body's id and time.</summary>
    public async Task<IntakeResult> ReplayAsync(RefusedBody refused, string by)
    {
        if (refused.ReplayedAt is not null)
        {
            return new IntakeResult.ReplayedBefore();
        }

        var violations = Check(BodyText.Utf8(refused.Body), out var lead, out var identity, refused.Source, refused.Event);
        if (violations.Count > 0)
        {
            return new IntakeResult.Refused(StatusCodes.Status400BadRequest, violations, refused.Id);
        }

        var replayed = lead! with { Id = refused.Id, ReceivedAt = refused.ReceivedAt };
        var deliveries = DestinationRoute.Plan(routes, replayed);
        return await store.ReplayAsync(replayed, Fingerprint(refused.Source, refused.Event, identity), deliveries, by, Now())
            ? new IntakeResult.Accepted(replayed.Id, IsRepeat: false, deliveries.Count)
            : new IntakeResult.ReplayedBefore();
    }

    public async Task<IntakeResult> RefuseAsync(string source, string? happening, int httpStatus, IReadOnlyList<Violation> violations, ReadOnlyMemory<byte> body)
    {
        var now = Now();
        var refused = new RefusedBody(LeadId.New(now), source, happening, now, httpStatus, [.. violations.Take(LeadSchema.MostViolations)], body);
        await store.KeepRefusedAsync(refused);
        return new IntakeResult.Refused(httpStatus, refused.Violations, refused.Id);
    }

    private IReadOnlyList<Violation> Check(ReadOnlyMemory<byte> text, out Lead? lead, out byte[] identity, string source, string? happening)
    {
        lead = null;
        identity = [];
        if (BodyFault.Of(text, out var document) is { } fault)
        {
            return [fault];
        }

        using (document)
        {
            var normalised = LeadNormaliser.Normalise(document!.RootElement, schema.Outline);
            if (normalised.IsEmpty)
            {
                return [new Violation("", "says nothing: every property is absent, null or blank; send at least one of UserDetails, LeadSource, OfferTitle, ActionCode, Description")];
            }

            if (!normalised.SurelyValid && schema.Validate(normalised.Json) is { Count: > 0 } violations)
            {
                return schema.Outline.IsPlain ? [.. violations.Concat(Misplaced.Find(document.RootElement, schema.Outline)).DistinctBy(violation => violation.Path)] : violations;
            }

            var now = Now();
            lead = new Lead(LeadId.New(now), source, happening, now, new LeadContent(normalised.Json));
            identity = normalised.Identity;
            return [];
        }
    }

    /// <summary>The store keeps milliseconds; so does a lead from the start, lest it differ from itself.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static byte[] Fingerprint(string source, string? happening, byte[] identity)
    {
        byte[] whole = [.. Encoding.UTF8.GetBytes($"{source}\n{happening}\n"), .. identity];
        // Half of a SHA-256 is still far beyond an accident.
        return SHA256.HashData(whole)[..16];
    }
}
