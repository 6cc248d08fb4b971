using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments;

/// <summary>
/// Stores one lead per customer of an event. Missing values are filled from the customer's newest lead. If an earlier lead can now be
/// completed, a supplementary lead is stored (<see cref="Supplement"/>). Events of one appointment are serialised within this process; a
/// second read after the write catches what another process stored meanwhile.
/// </summary>
internal sealed class AppointmentRecorder(LeadInbox inbox, ILeadIntakeStore store, IRunHistoryStore history)
{
    // An appointment has one of these locks. Two appointments seldom have the same one.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Records a lead with the newest lead of its customer at hand, while no other event of the appointment is stored.</summary>
    public Task<IntakeResult.Accepted> WithNewestLeadAsync(Lead lead, Func<Lead?, Task<IntakeResult.Accepted>> record) =>
        lead.SharedRow is { GroupId: var appointment }
            ? LockedAsync(appointment, async () => await record((await ReadCustomersAsync(appointment)).Find(lead)))
            : record(null);

    /// <param name="events">What one event says of each customer whom it names; at least one item.</param>
    /// <param name="storeFirst">
    /// Stores the first lead, after all others; its answer is null when that was done before. Without it the first lead is stored like the
    /// others.
    /// </param>
    /// <returns>Null when <paramref name="storeFirst"/> answered null.</returns>
    public Task<IReadOnlyList<IntakeResult.Accepted>?> RecordAsync(
        IReadOnlyList<PostedEvent> events, Func<PlannedLead, Task<IntakeResult.Accepted?>>? storeFirst = null)
    {
        if (events[0].AppointmentId is not { } id)
        {
            // Nothing tells which appointment it is: there are no earlier leads to fill from.
            return StoreAsync([.. events.Select(one => one.PlanFor(default, newest: null))], storeFirst);
        }

        var appointment = AppointmentLead.RowId(id, "");
        return LockedAsync(appointment, () => RecordAsync(appointment, events, storeFirst));
    }

    private async Task<IReadOnlyList<IntakeResult.Accepted>?> RecordAsync(
        LeadId appointment, IReadOnlyList<PostedEvent> events, Func<PlannedLead, Task<IntakeResult.Accepted?>>? storeFirst)
    {
        var known = await ReadCustomersAsync(appointment);
        var (planned, alreadyStored) = events[0].IsAboutAll
            ? known.PlanForAll(events[0], isReplay: storeFirst is not null)
            : (known.PlanForNamed(events), []);
        if (planned.Count == 0)
        {
            return [.. alreadyStored.Select(lead => new IntakeResult.Accepted(lead.Id, IsRepeat: true, Destinations: 1))];
        }

        // What a newcomer missed is stored before their own lead: after a cancellation no welcome mail must leave in between.
        var now = events[0].ReceivedAt;
        var supplementIds = await StoreSupplementsAsync(planned.Select(lead => ForNewcomer(lead, known, now)));
        if (await StoreAsync(planned, storeFirst) is not { } accepted)
        {
            return null;
        }

        supplementIds.AddRange(await StoreSupplementsAsync(planned.Select(lead => CompletingNewest(lead, now))));
        var answers = await Task.WhenAll(planned.Zip(accepted, SupplementRepeatAsync));

        PlannedLead[] stored = [.. planned.Where((_, index) => !answers[index].IsRepeat)];
        var storedByOthers = await ReadCustomersAsync(appointment, except: [.. answers.Select(answer => answer.LeadId), .. supplementIds]);
        await StoreSupplementsAsync(stored.Select(lead => AfterSecondRead(lead, storedByOthers, now)));
        if (events[0].IsAboutAll)
        {
            // Customers whom another process stored meanwhile are concerned too.
            var newcomers = storedByOthers.StandingExcept([.. planned.Select(lead => lead.Lead.RowId)]);
            await StoreAsync([.. newcomers.Select(newest => events[0].PlanFor(newest.RowId, newest))], storeFirst: null);
        }

        return answers;
    }

    private static Supplement? ForNewcomer(PlannedLead planned, KnownCustomers known, DateTimeOffset now) =>
        known.MissedByNewcomer(planned.Lead, planned.NewestStored) is { } missed
            ? Supplement.ForNewcomer(missed, planned.Lead, now)
            : null;

    /// <summary>Completes the customer's newest lead when its event is later than the one that was stored now.</summary>
    private static Supplement? CompletingNewest(PlannedLead planned, DateTimeOffset now) =>
        planned.NewestStored is { } newest && newest.SharedRow!.Order > planned.Lead.SharedRow!.Order
            ? Supplement.CompleteNewer(newest, planned.Lead, now)
            : null;

    /// <summary>Completes the later one of two leads: ours, and one that another process stored since the first read.</summary>
    private static Supplement? AfterSecondRead(PlannedLead planned, KnownCustomers storedByOthers, DateTimeOffset now)
    {
        if (storedByOthers.Find(planned.Lead) is not { } other)
        {
            return ForNewcomer(planned, storedByOthers, now);
        }

        if (other.Id == planned.NewestStored?.Id)
        {
            // The first read gave it already.
            return null;
        }

        return other.SharedRow!.Order >= planned.Lead.SharedRow!.Order
            ? Supplement.CompleteNewer(newer: other, older: planned.Lead, now)
            : Supplement.CompleteNewer(newer: planned.Lead, older: other, now);
    }

    /// <summary>Stores all leads at once, so that they share a commit; the first one after them when it is stored in its own way.</summary>
    private async Task<IReadOnlyList<IntakeResult.Accepted>?> StoreAsync(
        IReadOnlyList<PlannedLead> planned, Func<PlannedLead, Task<IntakeResult.Accepted?>>? storeFirst)
    {
        var accepted = await Task.WhenAll(planned
            .Skip(storeFirst is null ? 0 : 1)
            .Select(lead => inbox.AcceptAsync(lead.Lead, lead.DeduplicationText, lead.LeastWindow)));
        return storeFirst is null ? accepted
            : await storeFirst(planned[0]) is { } first ? [first, .. accepted]
            : null;
    }

    /// <summary>A repeated creation that says more than the first one is no repeat for the row: it is stored as a supplement.</summary>
    private async Task<IntakeResult.Accepted> SupplementRepeatAsync(PlannedLead planned, IntakeResult.Accepted accepted)
    {
        var mayAdd = accepted.IsRepeat
            && planned is { Lead.Event: AppointmentEvents.Created, NewestStored: { Event: AppointmentEvents.Created } newest }
            && newest.SharedRow!.Order <= planned.Lead.SharedRow!.Order
            && EventMerge.SaysMore(planned.Lead.Content, newest.Content);
        if (!mayAdd || await history.FindRunAsync(accepted.LeadId) is not { Lead: var first })
        {
            return accepted;
        }

        var own = EventMerge.WithContent(planned.Lead, planned.OwnContent, null);
        return EventMerge.SaysMore(EventMerge.Complete(own, first).Content, first.Content)
            ? await StoreSupplementAsync(Supplement.OfRepeatedCreation(planned))
            : accepted;
    }

    // The same supplement is a repeat for as long as the first one is stored.
    private Task<IntakeResult.Accepted> StoreSupplementAsync(Supplement supplement) =>
        inbox.AcceptAsync(supplement.Lead, supplement.DeduplicationText, TimeSpan.MaxValue, supplement.ToRowsOnly);

    /// <returns>The ids of the leads that were stored.</returns>
    private async Task<List<LeadId>> StoreSupplementsAsync(IEnumerable<Supplement?> supplements) =>
        [.. (await Task.WhenAll(supplements.OfType<Supplement>().Select(StoreSupplementAsync))).Select(stored => stored.LeadId)];

    private async Task<KnownCustomers> ReadCustomersAsync(LeadId appointment, IReadOnlyCollection<LeadId>? except = null) =>
        new(appointment, await store.FindGroupAsync(appointment, except ?? []));

    private async Task<T> LockedAsync<T>(LeadId appointment, Func<Task<T>> act)
    {
        var itsLock = _locks[(uint)appointment.GetHashCode() % _locks.Length];
        await itsLock.WaitAsync();
        try
        {
            return await act();
        }
        finally
        {
            itsLock.Release();
        }
    }
}
