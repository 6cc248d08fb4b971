using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Intake;

/// <summary>
/// A lead's way in: read what was posted, check it, accept it or keep it as refused. Throws <see cref="StoreUnavailableException"/> when it
/// could not be stored.
/// </summary>
internal sealed class LeadIntake(LeadSchema schema, LeadInbox inbox, IntakeOptions options, TimeProvider time)
{
    private static readonly Violation Empty = new(
        "",
        "says nothing: every property is absent, null or blank; "
            + "send at least one of UserDetails, LeadSource, OfferTitle, ActionCode, Description");

    public async Task<IntakeResult> AcceptAsync(HttpRequest request)
    {
        var body = await PostedBody.ReadAsync(request, "lead", options.MaxBodyBytes);
        if (body.Refusal is { } refusal)
        {
            return await inbox.RefuseAsync(Sources.Marketplace, null, refusal.HttpStatus, [refusal.Fault], body.Kept);
        }

        var (lead, deduplicationText, violations) = Check(body, Sources.Marketplace, null);
        return lead is not null
            ? await inbox.AcceptAsync(lead, deduplicationText)
            : await inbox.RefuseAsync(Sources.Marketplace, null, StatusCodes.Status400BadRequest, violations, body.Kept);
    }

    /// <summary>Accepts a body that was refused, as it would be accepted today; its lead has the refused body's id and time.</summary>
    public async Task<IntakeResult> ReplayAsync(RefusedBody refused, string by)
    {
        if (refused.ReplayedAt is not null)
        {
            return new IntakeResult.ReplayedBefore();
        }

        var (lead, deduplicationText, violations) = Check(PostedBody.Of(refused.Body), refused.Source, refused.Event);
        if (lead is null)
        {
            return new IntakeResult.Refused(StatusCodes.Status400BadRequest, violations, refused.Id);
        }

        var replayed = lead with { Id = refused.Id, ReceivedAt = refused.ReceivedAt };
        return await inbox.ReplayAsync(replayed, deduplicationText, by) ?? (IntakeResult)new IntakeResult.ReplayedBefore();
    }

    /// <summary>The lead that a body makes, and what identical ones have in common; or what is wrong with the body.</summary>
    private (Lead? Lead, byte[] DeduplicationText, IReadOnlyList<Violation> Violations) Check(
        PostedBody body, string source, string? eventName)
    {
        if (BodyFault.Of(body, out var document) is { } fault)
        {
            return (null, [], [fault]);
        }

        using (document)
        {
            var normalised = LeadNormaliser.Normalise(document!.RootElement, schema.Outline);
            if (normalised.IsEmpty)
            {
                return (null, [], [Empty]);
            }

            if (!normalised.SurelyValid && schema.Validate(normalised.Json) is { Count: > 0 } violations)
            {
                return (null, [], schema.Outline.IsPlain
                    ? [.. violations.Concat(Misplaced.Find(document.RootElement, schema.Outline)).DistinctBy(violation => violation.Path)]
                    : violations);
            }

            var now = LeadInbox.Now(time);
            var lead = new Lead(LeadId.New(now), source, eventName, now, new LeadContent(normalised.Json));
            return (lead, normalised.DeduplicationText, []);
        }
    }
}
