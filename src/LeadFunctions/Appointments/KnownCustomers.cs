using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// The customers of an appointment as the stored leads know them: the newest lead of each. Decides whom an event is about, and plans its
/// leads.
/// </summary>
/// <param name="groupId">The id that the leads of all customers share; also the row of the customer of an appointment of one.</param>
internal sealed class KnownCustomers(LeadId groupId, IReadOnlyList<Lead> newest)
{
    private readonly Dictionary<LeadId, Lead> _byRow = newest.ToDictionary(lead => lead.RowId);

    /// <summary>
    /// The newest event of the whole appointment that came while no customer was known. The first customer who is named claims its row.
    /// (The lead of an erased person doesn't count: it has not even the appointment's id.)
    /// </summary>
    private Lead? UnclaimedAppointmentLead =>
        _byRow.GetValueOrDefault(groupId) is { } lead
        && !NamesSomebody(lead.Content)
        && AppointmentFacts.AppointmentId(lead.Content) is not null
            ? lead
            : null;

    private Lead[] NamedCustomers => [.. newest.Where(lead => NamesSomebody(lead.Content))];

    /// <summary>The newest stored lead of the customer of a lead.</summary>
    public Lead? Find(Lead lead) => _byRow.GetValueOrDefault(lead.RowId);

    /// <summary>The leads of an event that names its customers: one for each of them.</summary>
    public IReadOnlyList<PlannedLead> PlanForNamed(IReadOnlyList<PostedEvent> events)
    {
        var recognised = CustomerMatching.Find([.. events.Select(one => one.Mention)], [.. newest.Select(MentionIn)], isEverybody: false);
        var taken = recognised.Where(index => index >= 0).Select(index => newest[index].RowId).ToHashSet();
        var unclaimed = UnclaimedAppointmentLead;
        return [.. events.Select((one, index) => Plan(one, recognised[index] >= 0 ? newest[recognised[index]] : null))];

        PlannedLead Plan(PostedEvent one, Lead? known)
        {
            if (one.Customer.IsKnownByPlaceOnly)
            {
                return one.PlanFor(CustomerMatching.NewRow(one.AppointmentId!, one.Customer.RowKeys, _ => true), newest: null);
            }

            var row = known?.RowId ?? CustomerMatching.NewRow(one.AppointmentId!, one.Customer.RowKeys, row => IsFreeFor(one, row));
            if (known is null && !_byRow.ContainsKey(row) && unclaimed is not null)
            {
                (row, unclaimed) = (unclaimed.RowId, null);
            }

            taken.Add(row);
            return one.PlanFor(row, _byRow.GetValueOrDefault(row));
        }

        bool IsFreeFor(PostedEvent one, LeadId row) =>
            !taken.Contains(row)
            && !(_byRow.TryGetValue(row, out var other) && CustomerMatching.CannotBeSame(one.Mention, MentionIn(other)));
    }

    /// <summary>
    /// The leads of an event that names no customer: one for each customer who is known. Of an update or a cancellation those who have
    /// cancelled get one only when all have, and only when the event says something new.
    /// </summary>
    /// <param name="isReplay">There is a lead also for those to whom the event says nothing new.</param>
    /// <returns>The leads; when there are none, the stored ones that say all of it already.</returns>
    public (IReadOnlyList<PlannedLead> Leads, IReadOnlyList<Lead> AlreadyStored) PlanForAll(PostedEvent posted, bool isReplay)
    {
        var customers = NamedCustomers is { Length: > 0 } named ? named
            : UnclaimedAppointmentLead is { } unclaimed ? [unclaimed]
            : [];
        if (customers.Length == 0)
        {
            return ([posted.PlanFor(groupId, _byRow.GetValueOrDefault(groupId))], []);
        }

        var concerned = posted.Name == AppointmentEvents.Created || isReplay ? customers : [.. customers.Where(IsStanding)];
        if (concerned.Length == 0)
        {
            // All have cancelled. Those who did so before the appointment was cancelled as a whole are told nothing more.
            var stayed = customers.Any(AppointmentLead.CancelsAll) ? customers.Where(AppointmentLead.CancelsAll) : customers;
            concerned = [.. stayed.Where(known => EventMerge.SaysMore(posted.Customer.Content, known.Content))];
        }

        return ([.. concerned.Select(known => posted.PlanFor(known.RowId, known))], concerned.Length > 0 ? [] : customers);
    }

    /// <summary>The newest lead of each customer who has not cancelled, without the customers of some rows.</summary>
    public IEnumerable<Lead> StandingExcept(IEnumerable<LeadId> rows) =>
        NamedCustomers.Where(lead => IsStanding(lead) && !rows.Contains(lead.RowId));

    /// <summary>
    /// The event of the whole appointment that a customer has not had yet, because they were not known when it came; null when there is
    /// none.
    /// </summary>
    /// <param name="lead">The customer's lead now.</param>
    /// <param name="newestStored">The customer's newest lead before that.</param>
    public Lead? MissedByNewcomer(Lead lead, Lead? newestStored)
    {
        if (lead.Event == AppointmentEvents.Cancelled || newestStored is { Event: AppointmentEvents.Cancelled })
        {
            return null;
        }

        // A cancellation is final: it counts for whoever joins. An update gets outdated: it counts until the first customers are known.
        var missed = newest.Where(AppointmentLead.CancelsAll).MaxBy(other => other.SharedRow!.Order)
            ?? (newestStored is null ? UnclaimedAppointmentLead : null);
        return missed is not null && missed.RowId != lead.RowId && missed.SharedRow!.Order > lead.SharedRow!.Order ? missed : null;
    }

    private static CustomerMention MentionIn(Lead lead) => new(CustomerIdentity.Of(lead.Content), lead.Event == AppointmentEvents.Created);

    /// <summary>Whether anything tells the customer from others.</summary>
    private static bool NamesSomebody(LeadContent content) =>
        AppointmentFacts.HasCustomerDetails(content) || content.Text("CustomerId") is not null;

    private static bool IsStanding(Lead lead) => lead.Event != AppointmentEvents.Cancelled;
}
