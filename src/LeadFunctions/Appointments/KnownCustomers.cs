using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// What is known of an appointment when an event of it comes: the newest lead about each customer. Says whom the event is about.
/// </summary>
/// <param name="groupId">The id that the leads of all its customers share; also the row of an appointment of one.</param>
internal sealed class KnownCustomers(LeadId groupId, IReadOnlyList<Lead> newest)
{
    private readonly Dictionary<LeadId, Lead> _byRow = newest.ToDictionary(lead => lead.RowId);

    /// <summary>
    /// The newest event of the appointment as a whole that came when no customer was known: its row is still nobody's. (Of an erased
    /// person not even the appointment's id is left.)
    /// </summary>
    private Lead? Nobodys =>
        _byRow.GetValueOrDefault(groupId) is { } lead
        && !NamesSomebody(lead.Content)
        && AppointmentFacts.AppointmentId(lead.Content) is not null
            ? lead
            : null;

    private Lead[] Named => [.. newest.Where(lead => NamesSomebody(lead.Content))];

    /// <summary>Whether nothing about the customer can be told to people.</summary>
    public static bool IsNobody(LeadContent content) => !content.Root.TryGetProperty("UserDetails", out _);

    /// <summary>Whether mails can go to the customer.</summary>
    public static bool HasAddress(LeadContent content) => content.Text("UserDetails", "Email") is not null;

    public Lead? Find(Lead lead) => _byRow.GetValueOrDefault(lead.RowId);

    /// <summary>What an event means for each customer whom it names.</summary>
    public IReadOnlyList<CustomerEvent> EventsOf(IReadOnlyList<PostedEvent> events)
    {
        var recognised = SameCustomer.Find([.. events.Select(one => one.Named)], [.. newest.Select(NamedIn)], isEverybody: false);
        var taken = recognised.Where(index => index >= 0).Select(index => newest[index].RowId).ToHashSet();
        var nobodys = Nobodys;
        return [.. events.Select((one, index) => For(one, recognised[index] >= 0 ? newest[recognised[index]] : null))];

        CustomerEvent For(PostedEvent one, Lead? known)
        {
            if (one.Customer.IsPlace)
            {
                return one.For(SameCustomer.Row(one.AppointmentId!, one.Customer.Keys, _ => true), known: null);
            }

            var row = known?.RowId ?? SameCustomer.Row(one.AppointmentId!, one.Customer.Keys, row => IsFreeFor(one, row));
            if (known is null && !_byRow.ContainsKey(row) && nobodys is not null)
            {
                // The first who is named gets the row that would be left over.
                (row, nobodys) = (nobodys.RowId, null);
            }

            taken.Add(row);
            return one.For(row, _byRow.GetValueOrDefault(row));
        }

        bool IsFreeFor(PostedEvent one, LeadId row) =>
            !taken.Contains(row) && !(_byRow.TryGetValue(row, out var other) && SameCustomer.AreTwo(one.Named, NamedIn(other)));
    }

    /// <summary>
    /// What an event that names no customer means for each who is known. Who has cancelled before is concerned only when there is nobody
    /// else, and only by what is new.
    /// </summary>
    /// <param name="isReplay">Also for whom it says nothing new.</param>
    /// <returns>And the leads that say it all already.</returns>
    public (IReadOnlyList<CustomerEvent> Events, IReadOnlyList<Lead> AlreadyKnown) EventsOfAll(PostedEvent posted, bool isReplay)
    {
        var concerned = Named is { Length: > 0 } named ? named : Nobodys is { } nobodys ? [nobodys] : [];
        if (concerned.Length == 0)
        {
            return ([posted.For(groupId, _byRow.GetValueOrDefault(groupId))], []);
        }

        var hearing = posted.Name == AppointmentEvents.Created || isReplay ? concerned : [.. concerned.Where(IsStanding)];
        if (hearing.Length == 0)
        {
            // Who left before the others was told then, and is told nothing more.
            var stayed = concerned.Any(AppointmentLead.CancelsAll) ? concerned.Where(AppointmentLead.CancelsAll) : concerned;
            hearing = [.. stayed.Where(known => EventMerge.SaysMore(posted.Customer.Content, known.Content))];
        }

        return ([.. hearing.Select(known => posted.For(known.RowId, known))], hearing.Length > 0 ? [] : concerned);
    }

    /// <summary>Those for whom the appointment still stands, but for some rows.</summary>
    public IEnumerable<Lead> StandingBut(IEnumerable<LeadId> rows) => Named.Where(lead => IsStanding(lead) && !rows.Contains(lead.RowId));

    /// <summary>The event of the whole appointment that is news for a customer; null when there is none.</summary>
    /// <param name="known">The newest lead about the customer until then.</param>
    public Lead? NewsOfAll(Lead lead, Lead? known)
    {
        if (lead.Event == AppointmentEvents.Cancelled || known is { Event: AppointmentEvents.Cancelled })
        {
            return null;
        }

        // An update's news may be old when somebody joins later; a cancellation is final.
        var news = newest.Where(AppointmentLead.CancelsAll).MaxBy(other => other.Subject!.Order) ?? (known is null ? Nobodys : null);
        return news is not null && news.RowId != lead.RowId && news.Subject!.Order > lead.Subject!.Order ? news : null;
    }

    private static NamedCustomer NamedIn(Lead lead) => new(CustomerIdentity.Of(lead.Content), lead.Event == AppointmentEvents.Created);

    /// <summary>Whether anything tells the customer from others.</summary>
    private static bool NamesSomebody(LeadContent content) => !IsNobody(content) || content.Text("CustomerId") is not null;

    private static bool IsStanding(Lead lead) => lead.Event != AppointmentEvents.Cancelled;
}
