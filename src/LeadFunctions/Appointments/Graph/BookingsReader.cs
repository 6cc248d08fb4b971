using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Reads the appointments of a business, and makes an event of each difference from their sync states. The event's lead is stored before
/// the new sync state. After a kill in between, and when two instances read at once, the same event comes again, and is recognised as a
/// repeat.
/// </summary>
internal sealed partial class BookingsReader(
    BookingsOptions options,
    GraphCalendar calendar,
    StaffDirectory staff,
    PolledEventIntake intake,
    IKeyValueStore store,
    TimeProvider time,
    ILogger<BookingsReader> logger)
{
    // The time of the last reading is stored beside the sync states, under an id that no appointment has.
    private const string LastReadKey = "";

    private const int AtOnce = 4;

    /// <summary>
    /// How long a sync state is kept after its appointment has left the window of time that is read: it may be moved back into it.
    /// </summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    // The reasons that were logged: the same one is not logged again at each reading.
    private readonly ConcurrentDictionary<(string Business, string Appointment), string> _logged = new();

    /// <summary>
    /// Reads a business. Throws <see cref="GraphUnavailableException"/> and <see cref="StoreUnavailableException"/>; what was stored before
    /// that stays.
    /// </summary>
    /// <returns>The number of events.</returns>
    public async Task<int> ReadAsync(string business, CancellationToken stop)
    {
        // The states are read before the list, so that they never come from a list that is newer than this one.
        var (last, states) = await StatesAsync(business);
        var pass = new Pass(business, LeadInbox.Now(time), options.TakeExisting || last is not null);
        // After a long time without a reading, appointments that began meanwhile are read too: they may have been cancelled before.
        var from = (last < pass.At ? last.Value : pass.At) - options.Back;
        var listed = (await calendar.ListAsync(business, from, pass.At + options.Ahead, stop))
            .Where(item => !string.IsNullOrEmpty(GraphAppointment.Id(item)))
            .DistinctBy(GraphAppointment.Id)
            .ToDictionary(item => GraphAppointment.Id(item)!, StringComparer.Ordinal);
        var changed = listed.Where(item => IsChanged(pass, item.Key, item.Value, states.GetValueOrDefault(item.Key))).ToArray();
        pass.Staff = await staff.OfAsync(business, changed.SelectMany(item => GraphAppointment.StaffIds(item.Value)), stop);

        await EachAsync(
            pass,
            changed,
            item => item.Key,
            async item =>
            {
                // If it has been cancelled since it was listed, the next reading finds that.
                var whole = await calendar.FindAsync(business, item.Key, stop) ?? item.Value;
                await SyncAsync(pass, item.Key, SyncHash.OfListed(item.Value), whole, states.GetValueOrDefault(item.Key));
            },
            stop,
            onFailure: item => pass.MakesEvents
                ? Task.CompletedTask
                : StoreAsync(business, item.Key, SyncState.None with { At = pass.At, PassedOver = true }));

        // An appointment that has begun leaves the list by itself. Any other one that isn't listed was cancelled, or was moved beyond the
        // window: reading it by its id tells which.
        var gone = states.Where(one => one.Value.IsThere && one.Value.Start >= from && !listed.ContainsKey(one.Key)).ToArray();
        await EachAsync(
            pass,
            gone,
            one => one.Key,
            async one => await SyncAsync(pass, one.Key, "", await calendar.FindAsync(business, one.Key, stop), one.Value),
            stop);

        foreach (var (id, _) in states.Where(one =>
            !listed.ContainsKey(one.Key) && (one.Value.End ?? one.Value.Start ?? one.Value.At) < from - Remembered))
        {
            await StoreAsync(business, id, null);
        }

        // A first reading that passes over what exists is over even when it failed in part: from now on, what happens is an event.
        if (pass.Failure is null || !pass.MakesEvents)
        {
            await store.SetValueAsync(Reader(business), LastReadKey, pass.At.ToString("O", CultureInfo.InvariantCulture));
        }

        return pass.Failure is { } fault ? throw new GraphUnavailableException(fault) : pass.Events;
    }

    private async Task<(DateTimeOffset? LastRead, Dictionary<string, SyncState> States)> StatesAsync(string business)
    {
        DateTimeOffset? last = null;
        var states = new Dictionary<string, SyncState>(StringComparer.Ordinal);
        foreach (var (key, state) in await store.FindValuesAsync(Reader(business)))
        {
            if (key == LastReadKey)
            {
                last = TimeText.Parse(state);
            }
            else if (SyncState.Parse(key, state) is { } appointment)
            {
                states[key] = appointment;
            }
        }

        return (last, states);
    }

    private Task StoreAsync(string business, string appointmentId, SyncState? state) =>
        store.SetValueAsync(Reader(business), appointmentId, state?.ToJson());

    private static string Reader(string business) => $"bookings {business.ToLowerInvariant()}";

    /// <summary>
    /// Acts on each appointment. One that Graph can't give by its id (500, an unreadable answer), or that this program can't read, delays
    /// no other one; it is tried again at the next reading.
    /// </summary>
    private Task EachAsync<T>(
        Pass pass, IEnumerable<T> items, Func<T, string> id, Func<T, Task> act, CancellationToken stop, Func<T, Task>? onFailure = null) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (item, _) =>
        {
            try
            {
                await act(item);
                _logged.TryRemove((pass.Business, id(item)), out string? _);
            }
            catch (GraphUnavailableException exception) when (
                exception.Fault is { HttpStatus: StatusCodes.Status500InternalServerError } or { Kind: GraphFaultKind.Unexpected })
            {
                pass.Failure = exception.Fault;
                LogOnce(pass, id(item), exception.Fault.Reason);
                await (onFailure?.Invoke(item) ?? Task.CompletedTask);
            }
#pragma warning disable CA1031 // Whatever is odd about one appointment must not hide the cancellations of the others.
            catch (Exception exception)
                when (exception is not (GraphUnavailableException or StoreUnavailableException or OperationCanceledException))
#pragma warning restore CA1031
            {
                // Without the exception's message: it may quote the appointment.
                LogOnce(pass, id(item), exception.GetType().Name);
                await (onFailure?.Invoke(item) ?? Task.CompletedTask);
            }
        });

    private bool IsChanged(Pass pass, string id, JsonElement listed, SyncState? state)
    {
        try
        {
            return state?.ListedHash != SyncHash.OfListed(listed);
        }
#pragma warning disable CA1031 // The same as in EachAsync.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogOnce(pass, id, exception.GetType().Name);
            return false;
        }
    }

    private void LogOnce(Pass pass, string appointment, string reason)
    {
        if (!_logged.TryGetValue((pass.Business, appointment), out var logged) || logged != reason)
        {
            _logged[(pass.Business, appointment)] = reason;
            Log.AppointmentUnreadable(logger, appointment, pass.Business, reason);
        }
    }

    /// <summary>Stores the events of an appointment's changes, and then its new sync state.</summary>
    /// <param name="appointment">The appointment now; null when it is gone.</param>
    private async Task SyncAsync(Pass pass, string id, string listedHash, JsonElement? appointment, SyncState? state)
    {
        var before = state ?? SyncState.None;
        var customers = CustomerChange.Between(id, before.People, appointment is { } there ? CustomersOf(there, pass.Staff) : []);
        CustomerChange[] changes = [.. customers.Where(one => one.EventName is not null)];
        var version = before.Version + (changes.Length > 0 ? 1 : 0);
        var happened = changes.Length > 0 ? Happened(appointment, changes, before, pass.At) : before.At;
        if (pass.MakesEvents && !before.PassedOver)
        {
            await Task.WhenAll(changes.Select(change => intake.AcceptAsync(
                change.EventName!,
                LeadId.Parse(change.Now.Row),
                change.Content ?? Remains(id, before),
                happened,
                $"{change.Now.Row}\n{version}",
                change.ContentHash)));
            pass.Add(changes.Length);
        }

        IReadOnlyList<SyncedCustomer> people = [.. customers.Select(one => one.Now)];
        var after = appointment is { } known
            ? new SyncState(
                listedHash,
                version,
                happened,
                GraphAppointment.Start(known),
                GraphAppointment.End(known),
                GraphAppointment.ServiceName(known),
                people)
            : before with { ListedHash = listedHash, Version = version, At = happened, People = people };
        if (after.ToJson() != state?.ToJson())
        {
            await StoreAsync(pass.Business, id, after);
        }
    }

    /// <summary>
    /// When the changes happened: at the time that Graph gives, or now when it doesn't show the appointment any more. It is always later
    /// than the event before.
    /// </summary>
    private static DateTimeOffset Happened(JsonElement? appointment, CustomerChange[] changes, SyncState before, DateTimeOffset now)
    {
        var isCancelled = changes.Any(change => change.EventName == AppointmentEvents.Cancelled);
        var given = appointment is { } there && !isCancelled ? GraphAppointment.LastUpdated(there) ?? now : now;
        var next = before.At + TimeSpan.FromMilliseconds(1);
        return given > next ? given : next;
    }

    private static (AppointmentCustomer Customer, string ContentHash)[] CustomersOf(
        JsonElement appointment, IReadOnlyDictionary<string, JsonElement> members)
    {
        if (GraphAppointment.Payload(appointment, members) is not { } payload)
        {
            return [];
        }

        JsonElement[] given = [.. GraphAppointment.Customers(appointment)];
        return [.. AppointmentSplit.ByCustomer(payload)
            .Select(customer => (customer, SyncHash.OfCustomer(appointment, given.ElementAtOrDefault(customer.Place))))];
    }

    /// <summary>What the sync state says of an appointment that is gone. Everything else comes from its last lead.</summary>
    private static LeadContent Remains(string id, SyncState before)
    {
        var remains = new JsonObject { ["Id"] = id };
        foreach (var (name, value) in new[]
        {
            ("ServiceName", before.ServiceName), ("StartTime", GraphAppointment.Iso(before.Start)),
            ("EndTime", GraphAppointment.Iso(before.End)),
        })
        {
            if (value is not null)
            {
                remains[name] = value;
            }
        }

        return new LeadContent(Encoding.UTF8.GetBytes(remains.ToJsonString()));
    }

    private static partial class Log
    {
        [LoggerMessage(
            5007,
            LogLevel.Warning,
            "Appointment {AppointmentId} of {Business} can't be read: {Reason}. The others are; this one is tried again each time.")]
        public static partial void AppointmentUnreadable(ILogger logger, string appointmentId, string business, string reason);
    }

    /// <summary>One reading of a business.</summary>
    /// <param name="MakesEvents">False at the first reading when it is to pass over what exists.</param>
    private sealed record Pass(string Business, DateTimeOffset At, bool MakesEvents)
    {
        private int _events;

        public IReadOnlyDictionary<string, JsonElement> Staff { get; set; } = new Dictionary<string, JsonElement>();

        public int Events => _events;

        public GraphFault? Failure { get; set; }

        public void Add(int events) => Interlocked.Add(ref _events, events);
    }
}
