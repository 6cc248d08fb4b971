using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments;

/// <summary>
/// Keeps what an event means for each customer, completed with what is known, and tells again what is more complete now. Of one appointment's
/// events this program keeps one at a time; another program may keep one at the same moment, so that it looks again afterwards: of two that did not
/// see each other before, the later one sees the other then.
/// </summary>
internal sealed class AppointmentKeeper(LeadInbox inbox, ILeadIntakeStore store, IRunHistoryStore history)
{
    /// <summary>A lead that was told again is the same one for as long as it is kept.</summary>
    private static readonly TimeSpan Always = TimeSpan.MaxValue;

    private readonly AppointmentTurns _turns = new();

    /// <summary>Acts in the appointment's turn, knowing the newest lead of a customer.</summary>
    public async Task<IntakeResult.Accepted> KeepAsync(Lead lead, Func<Lead?, Task<IntakeResult.Accepted>> keep) =>
        lead.Subject is not { GroupId: var appointment } ? await keep(null)
        : await _turns.TakeAsync(appointment, async () => await keep((await LookAsync(appointment, [])).Find(lead)));

    /// <param name="posted">There is at least one.</param>
    /// <param name="keepFirst">How the first lead is kept, after all others; null when it has been kept before. Default: as the others.</param>
    /// <returns>Null when <paramref name="keepFirst"/> gave null.</returns>
    public Task<IReadOnlyList<IntakeResult.Accepted>?> KeepAsync(IReadOnlyList<PostedAppointment> posted, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? keepFirst = null) =>
        posted[0].Lead(posted[0].Customer.Key).Subject is { GroupId: var appointment }
            ? _turns.TakeAsync(appointment, () => KeepAsync(appointment, posted, keepFirst))
            : KeepAsync([.. posted.Select(one => one.Event(one.Lead(one.Customer.Key), null))], keepFirst);

    private async Task<IReadOnlyList<IntakeResult.Accepted>?> KeepAsync(LeadId appointment, IReadOnlyList<PostedAppointment> posted, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? keepFirst)
    {
        var known = await LookAsync(appointment, []);
        var (events, said) = posted[0].IsAboutAll ? known.OfAll(posted[0], again: keepFirst is not null) : (known.Of(posted), []);
        if (events.Count == 0)
        {
            return [.. said.Select(lead => new IntakeResult.Accepted(lead.Id, IsRepeat: true, Destinations: 1))];
        }

        var now = posted[0].ReceivedAt;
        // Before the event itself: a welcome mail must not leave in between.
        var mine = await TellAsync(events.Select(one => known.SaidOfAll(one.Lead, one.Known) is { } whole ? RetoldEvent.ForNewcomer(whole, one.Lead, now) : null));
        if (await KeepAsync(events, keepFirst) is not { } accepted)
        {
            return null;
        }

        mine.AddRange(await TellAsync(events.Select(one => one.Known is { } before && before.Subject!.Order > one.Lead.Subject!.Order ? RetoldEvent.Fuller(before, one.Lead, now) : null)));
        var answers = await Task.WhenAll(events.Zip(accepted, TellMoreAsync));
        await LookAgainAsync(
            appointment,
            posted[0],
            [.. events.Where((_, index) => !answers[index].IsRepeat)],
            [.. events.Select(one => one.Lead.RowId)],
            [.. answers.Select(lead => lead.LeadId), .. mine]);
        return answers;
    }

    /// <summary>What another program kept since the first look.</summary>
    /// <param name="kept">Those that are no repeats.</param>
    /// <param name="rows">Whom the event was told about.</param>
    private async Task LookAgainAsync(LeadId appointment, PostedAppointment posted, IReadOnlyList<CustomerEvent> kept, IReadOnlyList<LeadId> rows, IReadOnlyCollection<LeadId> mine)
    {
        var (others, now) = (await LookAsync(appointment, mine), posted.ReceivedAt);
        await TellAsync(kept.Select(one => (Mine: one, Other: others.Find(one.Lead))).Select(pair => pair switch
        {
            (_, null) => others.SaidOfAll(pair.Mine.Lead, pair.Mine.Known) is { } whole ? RetoldEvent.ForNewcomer(whole, pair.Mine.Lead, now) : null,
            var (ours, other) when other.Id == ours.Known?.Id => null,
            var (ours, other) => other.Subject!.Order >= ours.Lead.Subject!.Order ? RetoldEvent.Fuller(other, ours.Lead, now) : RetoldEvent.Fuller(ours.Lead, other, now),
        }));
        if (posted.IsAboutAll)
        {
            await KeepAsync([.. others.StandingApartFrom(rows).Select(newcomer => posted.Event(posted.LeadOf(newcomer), newcomer))], keepFirst: null);
        }
    }

    /// <summary>At once, so that they share a commit; the first one alone when it is to be kept in another way.</summary>
    private async Task<IReadOnlyList<IntakeResult.Accepted>?> KeepAsync(IReadOnlyList<CustomerEvent> events, Func<CustomerEvent, Task<IntakeResult.Accepted?>>? keepFirst)
    {
        var others = await Task.WhenAll(events.Skip(keepFirst is null ? 0 : 1).Select(one => inbox.AcceptAsync(one.Lead, one.Identity, one.LeastWindow)));
        return keepFirst is null ? others : await keepFirst(events[0]) is { } first ? [first, .. others] : null;
    }

    /// <summary>A creation that was told before may say more now: to the row it is no repeat.</summary>
    private async Task<IntakeResult.Accepted> TellMoreAsync(CustomerEvent one, IntakeResult.Accepted accepted) =>
        accepted.IsRepeat
        && one is { Lead.Event: AppointmentEvents.Created, Known: { Event: AppointmentEvents.Created } known }
        && known.Subject!.Order <= one.Lead.Subject!.Order
        && KnownAppointment.SaysMore(one.Lead.Content, known.Content)
        && await history.FindRunAsync(accepted.LeadId) is { Lead: var first }
        && KnownAppointment.SaysMore(KnownAppointment.Completed(one.Lead with { Content = one.Said }, first), first.Content)
            ? await TellAsync(RetoldEvent.WithMore(one))
            : accepted;

    private Task<IntakeResult.Accepted> TellAsync(RetoldEvent told) => inbox.AcceptAsync(told.Lead, told.Identity, Always, told.ToRowsOnly);

    /// <summary>The ids of what was told.</summary>
    private async Task<List<LeadId>> TellAsync(IEnumerable<RetoldEvent?> events) =>
        [.. (await Task.WhenAll(events.OfType<RetoldEvent>().Select(TellAsync))).Select(told => told.LeadId)];

    private async Task<KnownCustomers> LookAsync(LeadId appointment, IReadOnlyCollection<LeadId> except) => new(appointment, await store.FindGroupAsync(appointment, except));
}
