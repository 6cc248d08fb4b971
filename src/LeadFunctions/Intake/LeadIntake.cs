using LeadFunctions.Leads;
using LeadFunctions.Intake.Schema;

namespace LeadFunctions.Intake;

/// <summary>Checks a body, keeps it, and says what became of it. Throws <see cref="Store.StoreUnavailableException"/> when it could not be kept.</summary>
internal sealed class LeadIntake(LeadSchema schema, LeadKeeper keeper, TimeProvider time)
{
    public async Task<IntakeResult> TakeAsync(string source, string? happening, PostedBody body)
    {
        var violations = Check(body, out var lead, out var identity, source, happening);
        if (violations.Count > 0)
        {
            return await keeper.RefuseAsync(source, happening, StatusCodes.Status400BadRequest, violations, body.Kept);
        }

        return await keeper.KeepAsync(lead!, identity);
    }

    /// <summary>Takes a body that was refused, as it would be taken today; its lead has the refused body's id and time.</summary>
    public async Task<IntakeResult> ReplayAsync(RefusedBody refused, string by)
    {
        if (refused.ReplayedAt is not null)
        {
            return new IntakeResult.ReplayedBefore();
        }

        var violations = Check(PostedBody.Of(refused.Body), out var lead, out var identity, refused.Source, refused.Event);
        if (violations.Count > 0)
        {
            return new IntakeResult.Refused(StatusCodes.Status400BadRequest, violations, refused.Id);
        }

        var replayed = lead! with { Id = refused.Id, ReceivedAt = refused.ReceivedAt };
        return await keeper.ReplayAsync(replayed, identity, by) ?? (IntakeResult)new IntakeResult.ReplayedBefore();
    }

    private IReadOnlyList<Violation> Check(PostedBody body, out Lead? lead, out byte[] identity, string source, string? happening)
    {
        lead = null;
        identity = [];
        if (BodyFault.Of(body, out var document) is { } fault)
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

            var now = LeadKeeper.Now(time);
            lead = new Lead(LeadId.New(now), source, happening, now, new LeadContent(normalised.Json));
            identity = normalised.Identity;
            return [];
        }
    }
}
