using System.Globalization;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>One thing that can be alerted about, as a look found it.</summary>
/// <param name="Key">What is remembered under it.</param>
/// <param name="Tell">The words; asked for only when they are to be told.</param>
/// <param name="Told">What else is remembered once it has been told.</param>
/// <param name="CountsFromStart">That is remembered from the first look on, too: what came before it is of no interest.</param>
internal sealed record Watched(
    string Key,
    Finding Found,
    Func<AlertStep, AlertNote, Task<Alert>> Tell,
    Func<AlertNote, AlertNote>? Told = null,
    bool CountsFromStart = false);

/// <summary>
/// Looks at everything that people may have to be told. All of it is in the store, so that a kill in between loses none of it.
/// </summary>
internal sealed class AlertLook(
    IRunHistoryStore history,
    DestinationTroubles troubles,
    IReadOnlyList<ConfiguredDestination> destinations,
    AlertOptions options)
{
    private const int ListedAtOnce = 500;

    /// <summary>
    /// Where there are too many for the store's own count (Azure Storage), they are listed; beyond so many the number says nobody anything
    /// more.
    /// </summary>
    private const int MostCounted = 10_000;

    private const int ReasonsShown = 3;
    private const int PeopleShown = 20;

    /// <summary>A body that is being stored may have an earlier time than one that is there already.</summary>
    private static readonly TimeSpan StoringTakes = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Watched>> AllAsync(StoreState state, long? free, Func<string, AlertNote> noted, DateTimeOffset now)
    {
        var watched = new List<Watched>();
        // A destination that is gone from the settings is late and nothing else: nobody calls it any more.
        var failing = (await troubles.FindAsync())
            .Where(trouble => state.Unfinished.GetValueOrDefault(trouble.Key) > 0 && destinations.Any(known => known.Name == trouble.Key))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var destination in destinations)
        {
            watched.Add(
                Failing(destination, failing.GetValueOrDefault(destination.Name), state.Unfinished.GetValueOrDefault(destination.Name), now)
            );
            watched.Add(await DeadLettersAsync(destination, state));
        }

        // What waits for a destination that fails, or did until a while ago, needs no second alert.
        var isExplained =
            failing.Count > 0
            || destinations.Any(destination => noted($"failing:{destination.Name}").Place is { } ended && now - ended < options.OldestDue);
        watched.Add(OldestDue(state.OldestDue, isExplained, now));
        watched.Add(Disk(free));
        watched.Add(await RefusedAsync(noted("refused"), now));
        if (options.Silence is { } silence)
        {
            watched.Add(await SilenceAsync(noted("silence"), silence, now));
        }

        if (options.Digest is { } at)
        {
            watched.Add(Digest(noted("digest"), at, state, now));
        }

        return watched;
    }

    /// <summary>While the store can't be written nothing can be remembered in it: this one is remembered by the program.</summary>
    public static Watched Store(bool isAway) =>
        new(
            "store",
            new Finding(isAway),
            (step, _) =>
                Task.FromResult(
                    step == AlertStep.End
                        ? new Alert(
                            "store",
                            null,
                            true,
                            "The store can be written again",
                            ["Leads are taken again. The marketplace sends what was answered with 503 again by itself."])
                        : new Alert(
                            "store",
                            null,
                            false,
                            "The store can't be written",
                            [
                                "Posts of leads are answered with 503 and nothing is delivered until it can. The marketplace "
                                    + "sends them again for a while.",
                                "What to do: look at the program's log for the reason. A full disk, lost rights on the file, or a storage "
                                    + "account that is away are the usual ones.",
                            ])));

    private Watched Failing(ConfiguredDestination destination, DestinationTrouble? trouble, int waiting, DateTimeOffset now)
    {
        var name = destination.Name;
        return new Watched(
            $"failing:{name}",
            new Finding(trouble is not null && now - trouble.Since >= options.FailingAfter),
            (step, note) =>
                Task.FromResult(
                    step == AlertStep.End
                        ? new Alert(
                            "failing",
                            name,
                            true,
                            waiting > 0 ? $"{name} answers again" : $"Nothing waits for {name} any more",
                            [
                                waiting > 0
                                    ? $"{Count(waiting, "delivery is", "deliveries are")} on the way to {name} ({destination.Kind})."
                                    : "Everything has been delivered or given up on.",
                            ],
                            Path("in_progress", name))
                        : new Alert(
                            "failing",
                            name,
                            false,
                            $"{name} has been failing since {Time(trouble!.Since)}",
                            [
                                $"{Count(waiting, "delivery waits", "deliveries wait")} for {name} ({destination.Kind}). Nothing is lost: "
                                    + "each is kept and tried again by itself.",
                                $"The last error: {trouble.Error}",
                                $"{(trouble.NextTry is { } next ? $"The next try: {Time(next)}. " : "")}What to do: LeadFunctions check "
                                    + $"asks {name} for everything that a delivery needs and says what is wrong.",
                            ],
                            Path("in_progress", name))),
            told => told.IsBegun ? told : told with { Place = now });
    }

    private async Task<Watched> DeadLettersAsync(ConfiguredDestination destination, StoreState state)
    {
        var name = destination.Name;
        var count =
            state.DeadLettersAt?.GetValueOrDefault(name)
            ?? (state.DeadLetters > 0 ? await CountAsync(new RunFilter(RunState.DeadLetter, name)) : 0);
        var least = state.DeadLettersAt is null && count >= MostCounted ? "At least " : "";
        return new Watched(
            $"dead_letters:{name}",
            new Finding(count > 0, count, Gathers: true),
            async (step, note) =>
            {
                if (step == AlertStep.End)
                {
                    return new Alert(
                        "dead_letters",
                        name,
                        true,
                        $"No dead letters at {name} any more",
                        ["Somebody has dealt with all of them."],
                        Path(null, name));
                }

                var runs = (await history.ListRunsAsync(new RunFilter(RunState.DeadLetter, name), null, ListedAtOnce)).Items;
                var more = step == AlertStep.More ? $" ({Many(count - note.Told)} more than told before)" : "";
                return new Alert(
                    "dead_letters",
                    name,
                    false,
                    least + Count(count, "dead letter at", "dead letters at") + $" {name}{more}",
                    [
                        $"{least}{Count(count, "lead", "leads")} could not be delivered to {name} ({destination.Kind}) and will not be "
                            + $"tried again by {(count == 1 ? "itself" : "themselves")}. Nothing is lost.",
                        $"{(runs.Count < count ? $"The reasons of the newest {runs.Count}" : "The reasons")}:\n{Reasons(runs, name)}",
                        .. options.NamePeople ? new[] { $"The leads:\n{People(runs)}" } : [],
                        $"What to do: mend the reason (LeadFunctions check asks {name} what is wrong), then resubmit them all from the run "
                            + $"history, or with LeadFunctions runs resubmit --destination {name}.",
                    ],
                    Path("dead_letter", name));
            });
    }

    private Watched OldestDue(DateTimeOffset? due, bool isExplained, DateTimeOffset now) =>
        new(
            "oldest_due",
            new Finding(!isExplained && due is { } since && now - since >= options.OldestDue),
            (step, _) =>
                Task.FromResult(
                    step == AlertStep.End
                        ? new Alert("oldest_due", null, true, "Deliveries are no longer late", ["What was due has been tried."])
                        : new Alert(
                            "oldest_due",
                            null,
                            false,
                            $"Deliveries are late: the oldest has been due since {Time(due!.Value)}",
                            [
                                "It could have been tried since, and was not, though no destination is known to fail.",
                                "What to do: see that the program runs (behind the Functions host: that the functions are not disabled), "
                                    + "that each destination that leads wait for is still configured (GET /api/health/ready names those "
                                    + "that are not), and whether it has more to do than it can (Delivery:Concurrency).",
                            ],
                            Path("in_progress", null))));

    private Watched Disk(long? free) =>
        new(
            "disk",
            new Finding(free < options.LeastFreeSpace),
            (step, _) =>
                Task.FromResult(
                    step == AlertStep.End
                        ? new Alert("disk", null, true, "The store's disk has room again", [$"{Megabytes(free ?? 0)} are left."])
                        : new Alert(
                            "disk",
                            null,
                            false,
                            $"The store's disk is nearly full: {Megabytes(free ?? 0)} left",
                            [
                                "When it is full, posts of leads are answered with 503. Nothing that was accepted is lost.",
                                "What to do: make room, or let old runs go sooner (Store:Retention). The limit is "
                                    + "Alerts:LeastFreeMegabytes.",
                            ])));

    private async Task<Watched> RefusedAsync(AlertNote note, DateTimeOffset now)
    {
        var until = now - StoringTakes;
        var from = note.Place ?? until - options.RepeatAfter - options.Every;
        var filter = new RunFilter(From: from, To: until);
        var page = await history.ListRefusedAsync(filter, null, ListedAtOnce);
        var count = page.Items.Count;
        for (var next = page.Next; next is not null && count < MostCounted;)
        {
            var more = await history.ListRefusedAsync(filter, next, ListedAtOnce);
            (count, next) = (count + more.Items.Count, more.Next);
        }

        var least = count >= MostCounted ? "At least " : "";
        return new Watched(
            "refused",
            new Finding(count > 0, count, Gathers: true, IsEvent: true),
            (_, _) =>
                Task.FromResult(
                    new Alert(
                        "refused",
                        null,
                        false,
                        least + Count(count, "post was refused", "posts were refused"),
                        [
                            $"{least}{Count(count, "body that was", "bodies that were")} no valid lead came since {Time(from)}. "
                                + $"{(count == 1 ? "It is" : "Each is")} kept with every fault.",
                            $"The faults:\n{Faults(page.Items)}",
                            "What to do: if these are leads all the same, change the schema (Intake:SchemaFile) and replay them from the "
                                + "run history; if somebody else posts, change the key.",
                        ],
                        "/api/runs?status=refused&from="
                            + Uri.EscapeDataString(from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)))),
            told => told with { Place = until },
            CountsFromStart: true);
    }

    private async Task<Watched> SilenceAsync(AlertNote note, TimeSpan silence, DateTimeOffset now)
    {
        var newest = (await history.ListRunsAsync(new RunFilter(), null, 1)).Items;
        // Without any lead the silence counts from the first look.
        var begun = note.Place ?? now;
        var last =
            newest is [var run] && run.Lead.ReceivedAt > begun ? run.Lead.ReceivedAt
            : newest is [var old] ? old.Lead.ReceivedAt
            : begun;
        return new Watched(
            "silence",
            new Finding(now - last >= silence),
            (step, _) =>
                Task.FromResult(
                    step == AlertStep.End
                        ? new Alert("silence", null, true, "Leads come again", [$"The newest came at {Time(last)}."])
                        : new Alert(
                            "silence",
                            null,
                            false,
                            $"No lead since {Time(last)}",
                            [
                                $"That is longer than Alerts:Silence ({silence:c}) allows.",
                                "What to do: post a test lead as the marketplace would, with LeadFunctions check --url https://… or by "
                                    + "Validate in Partner Center. If it arrives, nobody asked; if not, the answer says whether the "
                                    + "address, the certificate or the key is wrong.",
                            ])),
            told => told with { Place = begun },
            CountsFromStart: true);
    }

    private Watched Digest(AlertNote note, TimeOnly at, StoreState state, DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var isDue = now >= today + at.ToTimeSpan() && (note.Place is not { } last || last < today);
        return new Watched(
            "digest",
            new Finding(isDue, IsEvent: true),
            async (_, _) =>
            {
                var yesterday = (await history.SummariseAsync(today.AddDays(-1), today)).Days[0];
                var received = yesterday.Delivered + yesterday.InProgress + yesterday.DeadLetter + yesterday.NoDestination;
                return new Alert(
                    "digest",
                    null,
                    false,
                    $"{yesterday.Day:yyyy-MM-dd}: {Count(received, "lead", "leads")}",
                    [
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Of the leads of {yesterday.Day:yyyy-MM-dd} (UTC) {yesterday.Delivered} are delivered, {yesterday.InProgress} "
                                + $"in progress, {yesterday.DeadLetter} dead letters, {yesterday.NoDestination} without a destination. "
                                + $"{Count(yesterday.Refused, "body was", "bodies were")} refused."),
                        $"Now: {Count(state.DeadLetters, "dead letter", "dead letters")} in all, "
                            + $"{Count(state.Unfinished.Values.Sum(), "delivery waits", "deliveries wait")}.",
                    ],
                    $"/api/runs?from={yesterday.Day:yyyy-MM-dd}&to={yesterday.Day.AddDays(1):yyyy-MM-dd}");
            },
            told => told with { Place = today });
    }

    private async Task<int> CountAsync(RunFilter filter)
    {
        var count = 0;
        LeadId? before = null;
        do
        {
            var page = await history.ListRunsAsync(filter, before, ListedAtOnce);
            (count, before) = (count + page.Items.Count, page.Next);
        }
        while (before is not null && count < MostCounted);

        return count;
    }

    private string Reasons(IEnumerable<Run> runs, string destination) =>
        Most(
            runs.Select(run =>
                run.Deliveries.FirstOrDefault(delivery => delivery.Destination == destination)?.State.LastError is not { } error
                    ? "no reason is kept"
                : options.NamePeople ? error
                : RedactedReason.WithoutPeople(error, run.Lead.Content)));

    private static string Faults(IEnumerable<RefusedBody> bodies) =>
        Most(bodies.SelectMany(body => body.Violations.Take(1)).Select(fault => $"{fault.Path} {fault.Message}".Trim()));

    private static string Most(IEnumerable<string> reasons)
    {
        var groups = reasons.GroupBy(reason => reason, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToArray();
        var rest = groups.Skip(ReasonsShown).Sum(group => group.Count());
        return string.Join(
            '\n',
            groups
                .Take(ReasonsShown)
                .Select(group => $"- {Many(group.Count())} × {group.Key}")
                .Concat(rest > 0 ? [$"- {Many(rest)} others"] : []));
    }

    private static string People(IReadOnlyList<Run> runs) =>
        string.Join(
            '\n',
            runs.Take(PeopleShown)
                .Select(run => $"- {Name(run.Lead)}, {run.Lead.Content.Text("UserDetails", "Email") ?? "no address"} ({run.Lead.Id})")
                .Concat(runs.Count > PeopleShown ? ["- …"] : []));

    private static string Name(Lead lead) =>
        string.Join(' ', lead.Content.Text("UserDetails", "FirstName"), lead.Content.Text("UserDetails", "LastName")).Trim();

    private static string Path(string? status, string? destination) =>
        "/api/runs?"
        + string.Join(
            '&',
            new[] { status is null ? null : $"status={status}", destination is null ? null : $"destination={destination}" }.OfType<string>()
        );

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Count(int count, string one, string many) => $"{Many(count)} {(count == 1 ? one : many)}";

    private static string Many(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000:N0} MB");
}
