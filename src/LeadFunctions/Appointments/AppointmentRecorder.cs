using System.Text;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments;

/// <summary>
/// Stores a lead of what an event means for each customer, completed with what is known, and supplements of earlier leads that are more
/// complete now. Of one appointment's events this program stores one at a time; another program may store one at the same moment, so that
/// it looks again afterwards: of two that did not see each other before, the later one sees the other then.
/// </summary>
internal sealed class AppointmentRecorder(LeadInbox inbox, ILeadIntakeStore store, IRunHistoryStore history)
{
    // Few appointments share one.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Acts while no other event of the appointment is stored, knowing the newest lead of a customer.</summary>
    public Task<IntakeResult.Accepted> KnowingNewestAsync(Lead lead, Func<Lead?, Task<IntakeResult.Accepted>> record) =>
        lead.Subject is { GroupId: var appointment }
            ? LockedAsync(appointment, async () => await record((await KnownAsync(appointment, [])).Find(lead)))
            : record(null);

    /// <param name="events">What an event says of each customer whom it names; at least one.</param>
    /// <param name="recordFirst">
    /// How the first lead is stored, after all others; null when it has been before. Default: as the others.
    /// </param>
    /// <returns>Null when <paramref name="recordFirst"/> gave null.</returns>
    public Task<IReadOnlyList<IntakeResult.Accepted>?> RecordAsync(
        IReadOnlyList<PostedEvent> events, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? recordFirst = null)
    {
        if (events[0].AppointmentId is not { } id)
        {
            return StoreAsync([.. events.Select(one => one.For(default, known: null))], recordFirst);
        }

        var appointment = AppointmentLead.RowId(id, "");
        return LockedAsync(appointment, () => RecordAsync(appointment, events, recordFirst));
    }

    private async Task<IReadOnlyList<IntakeResult.Accepted>?> RecordAsync(
        LeadId appointment, IReadOnlyList<PostedEvent> named, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? recordFirst)
    {
        var known = await KnownAsync(appointment, []);
        var (events, alreadyKnown) = named[0].IsAboutAll
            ? known.EventsOfAll(named[0], isReplay: recordFirst is not null)
            : (known.EventsOf(named), []);
        if (events.Count == 0)
        {
            return [.. alreadyKnown.Select(lead => new IntakeResult.Accepted(lead.Id, IsRepeat: true, Destinations: 1))];
        }

        var now = named[0].ReceivedAt;
        // Before the event itself: a welcome mail must not leave in between.
        var mine = await SupplementAsync(events.Select(one =>
            known.NewsOfAll(one.Lead, one.Known) is { } news ? Supplement.ForNewcomer(news, one.Lead, now) : null));
        if (await StoreAsync(events, recordFirst) is not { } accepted)
        {
            return null;
        }

        mine.AddRange(await SupplementAsync(events.Select(one =>
            one.Known is { } before && before.Subject!.Order > one.Lead.Subject!.Order
                ? Supplement.OfNewer(before, one.Lead, now) : null)));
        var answers = await Task.WhenAll(events.Zip(accepted, SupplementRepeatAsync));
        await LookAgainAsync(
            appointment,
            named[0],
            [.. events.Where((_, index) => !answers[index].IsRepeat)],
            [.. events.Select(one => one.Lead.RowId)],
            [.. answers.Select(lead => lead.LeadId), .. mine]);
        return answers;
    }

    /// <summary>What another program stored since the first look.</summary>
    /// <param name="stored">Those that are no repeats.</param>
    /// <param name="rows">Whom the event was about.</param>
    private async Task LookAgainAsync(
        LeadId appointment,
        PostedEvent posted,
        IReadOnlyList<CustomerEvent> stored,
        IReadOnlyList<LeadId> rows,
        IReadOnlyCollection<LeadId> mine)
    {
        var (others, now) = (await KnownAsync(appointment, mine), posted.ReceivedAt);
        await SupplementAsync(stored.Select(one => (Mine: one, Other: others.Find(one.Lead))).Select(pair => pair switch
        {
            (_, null) => others.NewsOfAll(pair.Mine.Lead, pair.Mine.Known) is { } news
                ? Supplement.ForNewcomer(news, pair.Mine.Lead, now) : null,
            var (ours, other) when other.Id == ours.Known?.Id => null,
            var (ours, other) when other.Subject!.Order >= ours.Lead.Subject!.Order => Supplement.OfNewer(other, ours.Lead, now),
            var (ours, other) => Supplement.OfNewer(ours.Lead, other, now),
        }));
        if (posted.IsAboutAll)
        {
            await StoreAsync([.. others.StandingBut(rows).Select(newcomer => posted.For(newcomer.RowId, newcomer))], recordFirst: null);
        }
    }

    /// <summary>At once, so that they share a commit; the first one alone when it is to be stored in another way.</summary>
    private async Task<IReadOnlyList<IntakeResult.Accepted>?> StoreAsync(
        IReadOnlyList<CustomerEvent> events, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? recordFirst)
    {
        var others = await Task.WhenAll(events
            .Skip(recordFirst is null ? 0 : 1)
            .Select(one => inbox.AcceptAsync(one.Lead, one.DeduplicationText, one.LeastWindow)));
        return recordFirst is null ? others : await recordFirst(events[0]) is { } first ? [first, .. others] : null;
    }

    /// <summary>A repeated creation may say more than the first one did: to the row it is no repeat.</summary>
    private async Task<IntakeResult.Accepted> SupplementRepeatAsync(CustomerEvent one, IntakeResult.Accepted accepted) =>
        accepted.IsRepeat
        && one is { Lead.Event: AppointmentEvents.Created, Known: { Event: AppointmentEvents.Created } known }
        && known.Subject!.Order <= one.Lead.Subject!.Order
        && EventMerge.SaysMore(one.Lead.Content, known.Content)
        && await history.FindRunAsync(accepted.LeadId) is { Lead: var first }
        && EventMerge.SaysMore(EventMerge.Complete(EventMerge.WithContent(one.Lead, one.Own, null), first).Content, first.Content)
            ? await SupplementAsync(Supplement.OfRepeat(one))
            : accepted;

    // A supplement is the same one for as long as it is stored.
    private Task<IntakeResult.Accepted> SupplementAsync(Supplement one) =>
        inbox.AcceptAsync(one.Lead, one.DeduplicationText, TimeSpan.MaxValue, one.ToRowsOnly);

    /// <summary>The ids of what was stored.</summary>
    private async Task<List<LeadId>> SupplementAsync(IEnumerable<Supplement?> supplements) =>
        [.. (await Task.WhenAll(supplements.OfType<Supplement>().Select(SupplementAsync))).Select(stored => stored.LeadId)];

    private async Task<KnownCustomers> KnownAsync(LeadId appointment, IReadOnlyCollection<LeadId> except) =>
        new(appointment, await store.FindGroupAsync(appointment, except));

    private async Task<T> LockedAsync<T>(LeadId appointment, Func<Task<T>> act)
    {
        var one = _locks[(uint)appointment.GetHashCode() % _locks.Length];
        await one.WaitAsync();
        try
        {
            return await act();
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>A lead that supplements an earlier one, because more is known now.</summary>
    /// <param name="ToRowsOnly">Who was told before hears nothing new: only rows have something to gain.</param>
    private sealed record Supplement(Lead Lead, byte[] DeduplicationText, bool ToRowsOnly)
    {
        /// <summary>
        /// Of two leads about the same customer the newer one, with what it left out and the older one says; null when that is nothing.
        /// </summary>
        public static Supplement? OfNewer(Lead newer, Lead older, DateTimeOffset now)
        {
            var complete = EventMerge.Complete(newer, older);
            return ReferenceEquals(complete, newer) ? null : new Supplement(
                complete with { Id = LeadId.New(now), ReceivedAt = now },
                [.. Encoding.UTF8.GetBytes($"told again\n{newer.Id}\n"), .. complete.Content.Utf8],
                // A customer is welcomed once.
                ToRowsOnly: KnownCustomers.HasAddress(newer.Content)
                    || (newer.Event == AppointmentEvents.Created && KnownCustomers.HasAddress(older.Content)));
        }

        /// <summary>A repeated creation that says more than the one that it repeats.</summary>
        public static Supplement OfRepeat(CustomerEvent repeated) => new(
            repeated.Lead,
            [.. Encoding.UTF8.GetBytes($"said with more\n{repeated.Lead.RowId}\n"), .. EventMerge.Lasting(repeated.Own).Utf8],
            ToRowsOnly: true);

        /// <summary>An event of the whole appointment, for a customer who was not known then.</summary>
        public static Supplement ForNewcomer(Lead whole, Lead customer, DateTimeOffset now)
        {
            var subject = customer.Subject! with { Order = whole.Subject!.Order };
            var lead = whole with { Id = LeadId.New(now), ReceivedAt = now, Subject = subject };
            var shared = EventMerge.WithContent(lead, EventMerge.WithoutCustomer(whole.Content), whole.Subject.FromOtherEvents);
            return new Supplement(
                EventMerge.Complete(shared, customer),
                Encoding.UTF8.GetBytes($"told to all\n{customer.RowId}\n{whole.Subject.Order.Stored}"),
                ToRowsOnly: false);
        }
    }
}
