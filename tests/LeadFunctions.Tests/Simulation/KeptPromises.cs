using System.Text;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Simulation;

/// <summary>
/// What must hold in the end: of what was acknowledged, of what has arrived, and of what the history says about it. Throws
/// <see cref="BrokenPromiseException"/>.
/// </summary>
internal sealed class KeptPromises
{
    private static readonly string[] MayHaveArrived = ["delivered", "unanswered", DeliveryAttempt.Interrupted];

    private readonly Simulation _simulation;
    private readonly ILeadStore _store;
    private readonly SimulatedRemotes _remotes;
    private readonly Dictionary<Guid, Run> _runs;

    /// <param name="store">As a start after a kill finds it.</param>
    public KeptPromises(Simulation simulation, ILeadStore store)
    {
        (_simulation, _store, _remotes) = (simulation, store, simulation.World.Remotes);
        var runs = SimulatedLoop.Outside(() => store.ListRunsAsync(new RunFilter(), null, 10_000));
        _runs = runs.Items.ToDictionary(run => run.Lead.Id.Value);
    }

    public void Check()
    {
        foreach (var post in _simulation.Posts)
        {
            CheckAcknowledged(post);
        }

        foreach (var run in _runs.Values)
        {
            foreach (var delivery in run.Deliveries)
            {
                CheckDelivery(run, delivery);
            }

            string[] destinations = [.. run.Deliveries.Select(delivery => delivery.Destination).Order()];
            Holds(
                destinations is [SimulatedRemotes.Crm, SimulatedRemotes.Hook]
                || (run.Lead.SharedRow is not null && destinations is [SimulatedRemotes.Crm]),
                $"{Name(run)} goes to each destination that takes it, and not to {string.Join(", ", destinations)} alone.");
        }

        CheckRows();
        CheckHook();
        foreach (var appointment in _simulation.Posts.Where(post => post.Appointment is not null).GroupBy(post => post.Appointment!.Value))
        {
            CheckAppointment(appointment.Key, appointment.MaxBy(post => post.Version)!);
        }
    }

    private void CheckAcknowledged(SimulatedPost post)
    {
        Holds(post.Leads.All(_runs.ContainsKey), $"{post.Name} was acknowledged, and is there after a kill.");
        if (post is { IsValid: true, Appointment: null })
        {
            // No clock was set by as much as the duplicate window.
            Guid[] same = [.. _runs.Where(run => run.Value.Lead.Content.Text("OfferTitle") == post.Name).Select(run => run.Key)];
            Holds(same.Length <= 1, $"{post.Name} is one lead, however often it is posted or replayed, and not {same.Length}.");
            Holds(post.Leads.All(same.Contains), $"Each acknowledgement of {post.Name} names the lead that it is.");
        }

        foreach (var id in post.Refusals)
        {
            var refused = SimulatedLoop.Outside(() => _store.FindRefusedAsync(new LeadId(id)));
            Holds(
                refused is { Violations.Count: > 0 } && Encoding.UTF8.GetString(refused.Body.Span) == post.Body,
                $"{post.Name} was refused, and is kept as it came, with its faults.");
        }
    }

    private void CheckDelivery(Run run, RunDelivery delivery)
    {
        var what = $"{Name(run)} at {delivery.Destination}";
        var state = delivery.State;
        switch (state.Status)
        {
            case DeliveryStatus.Delivered:
                var arrived = delivery.Destination == SimulatedRemotes.Crm
                    ? _remotes.Rows.ContainsKey(run.Lead.RowId.Value)
                    : _remotes.Told.Exists(told => told.Id == run.Lead.Id.Value);
                var isSuperseded = run.Lead.SharedRow is not null
                    && delivery.Attempts.Any(attempt => attempt is { Outcome: "delivered", HttpStatus: null, Error: not null });
                Holds(arrived || isSuperseded, $"{what} is called delivered, and has arrived.");
                break;
            case DeliveryStatus.DeadLetter:
                Holds(IsReason(run, delivery), $"{what} is a dead letter for a reason that there was: {state.LastError}");
                break;
            case DeliveryStatus.Discarded:
                Holds(
                    _simulation.Acts.Exists(act => act.Kind == "discarded" && act.Lead == run.Lead.Id.Value),
                    $"{what} is discarded because somebody did so.");
                break;
            default:
                Holds(false, $"{what} does not stay {state.Status}, due at {state.DueAt}.");
                break;
        }
    }

    private bool IsReason(Run run, RunDelivery delivery)
    {
        var error = delivery.State.LastError ?? "";
        var id = delivery.Destination == SimulatedRemotes.Crm ? run.Lead.RowId.Value : run.Lead.Id.Value;
        var interruptions = delivery.Attempts.Count(attempt => attempt.Outcome == DeliveryAttempt.Interrupted);
        var isRefused = _remotes.Refused.Contains((delivery.Destination, id));
        return (isRefused && error.Contains(SimulatedRemotes.FinalWords, StringComparison.Ordinal))
            || (error.StartsWith("Given up after", StringComparison.Ordinal)
                && delivery.Attempts.Count(attempt => attempt.Outcome is "retry" or "unanswered") > SimulatedParts.RetrySchedule.Count)
            || (error.StartsWith("Interrupted", StringComparison.Ordinal) && interruptions >= 3)
            || (delivery.After is { } first && delivery.Attempts.Count == 0 && error.Contains(first, StringComparison.Ordinal));
    }

    private void CheckRows()
    {
        var rows = _runs.Values.ToLookup(run => run.Lead.RowId.Value);
        foreach (var row in _remotes.Rows.Keys)
        {
            Holds(rows.Contains(row), $"The row {_simulation.World.Name(row)} is a lead's.");
            Holds(
                rows[row].SelectMany(run => run.Deliveries).Where(delivery => delivery.Destination == SimulatedRemotes.Crm)
                    .SelectMany(delivery => delivery.Attempts).Any(attempt => MayHaveArrived.Contains(attempt.Outcome)),
                $"The history of {_simulation.World.Name(row)} tells of an attempt that may have made its row.");
        }
    }

    /// <summary>Told twice only when nobody could know of the first time, or somebody wanted it.</summary>
    private void CheckHook()
    {
        foreach (var told in _remotes.Told.GroupBy(effect => effect.Id))
        {
            var effects = told.ToArray();
            Holds(_runs.TryGetValue(told.Key, out var run), $"The hook is told of {_simulation.World.Name(told.Key)}, and it is a lead.");
            var attempts = run!.Deliveries.Single(delivery => delivery.Destination == SimulatedRemotes.Hook).Attempts;
            Holds(
                effects.Length <= attempts.Count(attempt => MayHaveArrived.Contains(attempt.Outcome)),
                $"The history of {Name(run)} tells of as many attempts that may have arrived as there were: {effects.Length}.");
            var wanted = _simulation.Acts.FindAll(
                act => act is { Destination: SimulatedRemotes.Hook, Kind: "sent again" } && act.Lead == told.Key);
            foreach (var (first, second) in effects.Zip(effects.Skip(1)))
            {
                // A clock that is set ends leases: what is on its way then may go out twice, before anybody could know of the first time.
                var isKnown = first.RecordedAt <= second.SentAt
                    || (first.Program == second.Program && first.ToldAt <= second.SentAt);
                // Each act stands for one sending that begins after it, and for none whose predecessor began after its end.
                Holds(
                    !isKnown
                    || (wanted.Find(act => act.BegunAt <= second.SentAt && first.SentAt <= act.EndedAt) is { } one && wanted.Remove(one)),
                    $"{Name(run)} was recorded as delivered, or answered to its program, and is not sent again.");
            }
        }
    }

    /// <summary>Whatever came first: a row ends in the state that the newest event leaves behind.</summary>
    private void CheckAppointment(int number, SimulatedPost newest)
    {
        Run[] runs = [.. _runs.Values.Where(run => run.Lead.Content.Text("Id") == $"appointment {number}")];
        var rows = runs.Select(run => run.Lead.RowId.Value).Distinct().ToArray();
        Holds(rows.Length == 1, $"The events of appointment {number} have one row, and not {rows.Length}.");
        if (runs.SelectMany(run => run.Deliveries)
            .Any(delivery => delivery.Destination == SimulatedRemotes.Crm && delivery.State.Status != DeliveryStatus.Delivered))
        {
            return;
        }

        var row = _remotes.Rows[rows[0]].ToJsonString();
        var (status, says) = newest.Path[(newest.Path.LastIndexOf('/') + 1)..] switch
        {
            AppointmentEvents.Cancelled => ("(cancelled)", "Appointment: cancelled"),
            AppointmentEvents.Updated => ("(changed)", $"version {newest.Version}"),
            _ => ("(booked)", "version 0"),
        };
        Holds(
            row.Contains(status, StringComparison.Ordinal) && row.Contains(says, StringComparison.Ordinal),
            $"The row of appointment {number} says {status}, {says}, as its newest event does: {row}");
    }

    private string Name(Run run)
    {
        var content = run.Lead.Content;
        return $"{_simulation.World.Name(run.Lead.Id.Value)} ({content.Text("OfferTitle") ?? $"{content.Text("Id")} {run.Lead.Event}"})";
    }

    private static void Holds(bool holds, string what)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(what);
        }
    }
}
