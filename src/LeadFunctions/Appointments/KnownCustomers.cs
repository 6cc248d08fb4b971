using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>What is known of an appointment when an event of it comes: the newest lead about each customer. Says whom the event is about.</summary>
/// <param name="appointment">The id that the leads of all its customers share; also the row of an appointment of one.</param>
internal sealed class KnownCustomers(LeadId appointment, IReadOnlyList<Lead> newest)
{
    // Of so many people by one name or address none can be told from the others.
    private const int MostAlike = 50;

    private readonly Dictionary<LeadId, Lead> _byRow = newest.ToDictionary(lead => lead.RowId);
    private readonly ILookup<string, Lead> _byName = newest
        .SelectMany(lead => KnownAppointment.Names(lead.Content).Select(name => (Lead: lead, Name: name)))
        .ToLookup(one => one.Name, one => one.Lead, StringComparer.Ordinal);

    /// <summary>The newest event of the appointment as a whole that came when no customer was known: its row is still nobody's. (Of an erased person not even the id is left.)</summary>
    private Lead? Nobodys =>
        _byRow.GetValueOrDefault(appointment) is { } lead && !KnownAppointment.NamesSomebody(lead.Content) && (lead.Content.Text("Id") ?? lead.Content.Text("SelfServiceAppointmentId")) is not null ? lead : null;

    private Lead[] Named => [.. newest.Where(lead => KnownAppointment.NamesSomebody(lead.Content))];

    public Lead? Find(Lead lead) => _byRow.GetValueOrDefault(lead.RowId);

    /// <summary>What a post means for each customer that it names.</summary>
    public IReadOnlyList<CustomerEvent> Of(IReadOnlyList<PostedAppointment> posted)
    {
        var events = new List<CustomerEvent>();
        var taken = new HashSet<LeadId>();
        var nobodys = Nobodys;
        foreach (var one in posted)
        {
            var (lead, known) = Recognise(one, taken);
            if (known is null && nobodys is not null && !one.Customer.Who.IsPlace)
            {
                // The first who is named gets the row that would be left over.
                (lead, known, nobodys) = (one.LeadOf(nobodys), nobodys, null);
            }

            taken.Add(lead.RowId);
            events.Add(one.Event(lead, known));
        }

        return events;
    }

    /// <summary>
    /// What a post that names no customer means for each that is known. Who has cancelled already is told only what is new, and only when there is
    /// nobody else.
    /// </summary>
    /// <param name="again">Also for whom it says nothing new.</param>
    /// <returns>And the leads that say it all already.</returns>
    public (IReadOnlyList<CustomerEvent> Events, IReadOnlyList<Lead> Said) OfAll(PostedAppointment posted, bool again)
    {
        var lead = posted.Lead(posted.Customer.Key);
        var concerned = Named is { Length: > 0 } named ? named : Nobodys is { } nobodys ? [nobodys] : [];
        if (concerned.Length == 0)
        {
            return ([posted.Event(lead, Find(lead))], []);
        }

        var told = posted.Happening == AppointmentEvents.Created || again ? concerned : [.. concerned.Where(IsStanding)];
        if (told.Length == 0)
        {
            // Who left before the others heard of it then, and hears nothing more.
            var stayed = concerned.Any(IsCancelledWithAll) ? concerned.Where(IsCancelledWithAll) : concerned;
            told = [.. stayed.Where(known => KnownAppointment.SaysMore(lead.Content, known.Content))];
        }

        return ([.. told.Select(known => posted.Event(posted.LeadOf(known), known))], told.Length > 0 ? [] : concerned);
    }

    /// <summary>Those for whom the appointment still stands, apart from some.</summary>
    public IEnumerable<Lead> StandingApartFrom(IEnumerable<LeadId> rows) => Named.Where(lead => IsStanding(lead) && !rows.Contains(lead.RowId));

    /// <summary>What was said of the whole appointment and is news for a customer; null when that is nothing.</summary>
    /// <param name="known">The newest lead about the customer until then.</param>
    public Lead? SaidOfAll(Lead lead, Lead? known)
    {
        if (lead.Event == AppointmentEvents.Cancelled || known is { Event: AppointmentEvents.Cancelled })
        {
            return null;
        }

        // An update's news may be old when somebody joins later; a cancellation is final.
        var said = newest.Where(IsCancelledWithAll).MaxBy(other => other.Subject!.Order) ?? (known is null ? Nobodys : null);
        return said is not null && said.RowId != lead.RowId && said.Subject!.Order > lead.Subject!.Order ? said : null;
    }

    /// <param name="taken">Rows of those before in the list.</param>
    private (Lead Lead, Lead? Known) Recognise(PostedAppointment posted, HashSet<LeadId> taken)
    {
        var lead = posted.Lead(posted.Customer.Key);
        if (posted.Customer.Who.IsPlace)
        {
            return (lead, null);
        }

        var own = Find(lead);
        var known = own is not null && KnownAppointment.Likeness(lead.Content, own.Content) > 1 ? own : MostLike(lead, own, taken) ?? own;
        return known is not null && known != own ? (posted.LeadOf(known), known)
            : own is not null && KnownAppointment.Contradicts(lead, own) ? Apart(posted, lead, taken)
            : (lead, own);
    }

    /// <summary>Somebody else has the row that would be theirs: they get one of their own.</summary>
    private (Lead Lead, Lead? Known) Apart(PostedAppointment posted, Lead lead, HashSet<LeadId> taken)
    {
        var keys = CustomerKey.Of(lead.Content.Text("UserDetails", "Email"), lead.Content.Text("CustomerId"), lead.Content.Text("CustomerName"));
        var free = keys.Append(string.Join('\n', keys)).Select(posted.Lead)
            .FirstOrDefault(one => !taken.Contains(one.RowId) && !(Find(one) is { } other && KnownAppointment.Contradicts(one, other)), lead);
        return (free, Find(free));
    }

    /// <summary>Who is known under another key: some events name people less fully than others. Null when that isn't clear.</summary>
    private Lead? MostLike(Lead lead, Lead? own, HashSet<LeadId> taken)
    {
        var alike = KnownAppointment.Names(lead.Content)
            .SelectMany(name => _byName[name].Take(MostAlike))
            .Distinct()
            .Where(known => !taken.Contains(known.RowId))
            .GroupBy(known => KnownAppointment.Likeness(lead.Content, known.Content))
            .Where(group => group.Key > 0)
            .MaxBy(group => group.Key)?.ToArray() ?? [];
        return own is not null && alike.Contains(own) ? own : alike is [var one] ? one : null;
    }

    private static bool IsCancelledWithAll(Lead lead) => AppointmentSubject.CancelsAll(lead.Subject!);

    private static bool IsStanding(Lead lead) => lead.Event != AppointmentEvents.Cancelled;
}
