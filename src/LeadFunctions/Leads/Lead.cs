namespace LeadFunctions.Leads;

/// <summary>One accepted submission. It never changes after it was accepted.</summary>
/// <param name="Id">Ours: the marketplace sends none.</param>
/// <param name="Source">The way in, one of <see cref="Sources"/>.</param>
/// <param name="Event">What happened, for sources that have events; null for the marketplace.</param>
/// <param name="ReceivedAt">When the body had arrived, to the millisecond.</param>
/// <param name="Content">The normalised body.</param>
/// <param name="SharedRow">The row that it shares with other leads; null for a lead that has a row of its own.</param>
internal sealed record Lead(
    LeadId Id,
    string Source,
    string? Event,
    DateTimeOffset ReceivedAt,
    LeadContent Content,
    SharedRow? SharedRow = null)
{
    // Nobody books further ahead; a time beyond it is a mistake, and must not keep a lead for ever.
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(5 * 366);

    private LeadFacts? _facts;

    // What followed from the content before a `with` follows from another one no more.
    public LeadContent Content
    {
        get;
        init => (field, _facts) = (value, null);
    }
    = Content;

    /// <summary>
    /// The trace context of its acceptance (W3C <c>traceparent</c>), to which every attempt belongs; null when nobody listened.
    /// </summary>
    public string? Trace { get; init; }

    /// <summary>The id of its row in a CRM.</summary>
    public LeadId RowId => SharedRow?.RowId ?? Id;

    /// <summary>
    /// From when on its age counts: of a lead with a shared row from the end of what the row is about, when that is known and after the
    /// lead's arrival.
    /// </summary>
    public DateTimeOffset AgesFrom =>
        SharedRow?.EndsAt is { } over && over > ReceivedAt && over - ReceivedAt <= FarthestAhead ? over : ReceivedAt;

    public LeadFacts Facts => _facts ??= LeadFacts.Of(Content);

    /// <summary>As <see cref="LeadFacts.IsTest"/>, at the price of a look through the bytes for the leads that are none.</summary>
    public bool IsTest => LeadFacts.MayBeTest(Content.Utf8) && Facts.IsTest;

    /// <summary>As <see cref="LeadFacts.DoNotContact"/>, at the same price.</summary>
    public bool DoNotContact => LeadFacts.MayBeDoNotContact(Content.Utf8) && Facts.DoNotContact;
}
