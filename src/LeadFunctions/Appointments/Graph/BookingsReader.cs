using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Looks at a business's calendar and turns what is different from the last look into events. An event is kept before it is noted: after a kill in
/// between, and when two instances look at once, the same event comes again, and is recognised as the repeat that it is.
/// </summary>
internal sealed partial class BookingsReader(
    BookingsOptions options, GraphCalendar calendar, BookingsStaff staff, AppointmentIntake intake, INoteStore store, TimeProvider time, ILogger<BookingsReader> logger)
{
    // No appointment has this id. The note is the time of the last look.
    private const string LastLookKey = "";

    private const int AtOnce = 4;

    /// <summary>Notes stay this long after an appointment is out of the window: it may be moved back into it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    // Said once, and not at every look: by business and appointment.
    private readonly ConcurrentDictionary<(string Business, string Appointment), string> _told = new();

    /// <summary>How many events there were. Throws <see cref="GraphUnavailableException"/> and <see cref="StoreUnavailableException"/>; what was kept until then is not lost.</summary>
    public async Task<int> ReadAsync(string business, CancellationToken stop)
    {
        // The notes before the list: what another instance notes meanwhile, it found in a list that is no newer than this one.
        var (last, seen) = await NotesAsync(business);
        var look = new Look(business, LeadInbox.Now(time), options.TakeExisting || last is not null);
        // After a long time away, what began meanwhile may have been cancelled before.
        var from = (last < look.At ? last.Value : look.At) - options.Back;
        var listed = (await calendar.ListAsync(business, from, look.At + options.Ahead, stop))
            .Where(item => !string.IsNullOrEmpty(GraphAppointment.Id(item)))
            .DistinctBy(GraphAppointment.Id)
            .ToDictionary(item => GraphAppointment.Id(item)!, StringComparer.Ordinal);
        var changed = listed.Where(item => IsChanged(look, item.Key, item.Value, seen.GetValueOrDefault(item.Key))).ToArray();
        look.Staff = await staff.OfAsync(business, changed.SelectMany(item => GraphAppointment.StaffIds(item.Value)), stop);

        await EachAsync(
            look,
            changed,
            item => item.Key,
            async item =>
            {
                // Between the list and now it may have been cancelled: the next look tells.
                var whole = await calendar.FindAsync(business, item.Key, stop) ?? item.Value;
                await NoteAsync(look, item.Key, AppointmentHash.OfListed(item.Value), whole, seen.GetValueOrDefault(item.Key));
            },
            stop,
            stumbled: item => look.MakesEvents ? Task.CompletedTask : store.RecordSeenAsync(Reader(business), item.Key, (SeenAppointment.Nothing with { At = look.At, PassedOver = true }).ToState()));

        // What has begun leaves the list by itself. Anything else that isn't listed was cancelled, or moved so far ahead that only a look at itself tells.
        var gone = seen.Where(one => one.Value.IsThere && one.Value.Start >= from && !listed.ContainsKey(one.Key)).ToArray();
        await EachAsync(look, gone, one => one.Key, async one => await NoteAsync(look, one.Key, "", await calendar.FindAsync(business, one.Key, stop), one.Value), stop);

        foreach (var (id, _) in seen.Where(one => !listed.ContainsKey(one.Key) && (one.Value.End ?? one.Value.Start ?? one.Value.At) < from - Remembered))
        {
            await store.RecordSeenAsync(Reader(business), id, null);
        }

        // The first look that passes over what exists ends here in any case: what happens from now on are events.
        if (look.Stumbled is null || !look.MakesEvents)
        {
            await store.RecordSeenAsync(Reader(business), LastLookKey, look.At.ToString("O", CultureInfo.InvariantCulture));
        }

        return look.Stumbled is { } fault ? throw new GraphUnavailableException(fault) : look.Events;
    }

    private async Task<(DateTimeOffset? LastLook, Dictionary<string, SeenAppointment> Seen)> NotesAsync(string business)
    {
        DateTimeOffset? last = null;
        var seen = new Dictionary<string, SeenAppointment>(StringComparer.Ordinal);
        foreach (var (key, state) in await store.FindSeenAsync(Reader(business)))
        {
            if (key == LastLookKey)
            {
                last = AppointmentTime.Parse(state);
            }
            else if (SeenAppointment.Parse(key, state) is { } appointment)
            {
                seen[key] = appointment;
            }
        }

        return (last, seen);
    }

    private static string Reader(string business) => $"bookings {business.ToLowerInvariant()}";

    /// <summary>
    /// An appointment over which Graph (500, an answer that can't be read) or this program stumbles by itself holds up no other one;
    /// it is looked at again the next time.
    /// </summary>
    private Task EachAsync<T>(Look look, IEnumerable<T> items, Func<T, string> id, Func<T, Task> act, CancellationToken stop, Func<T, Task>? stumbled = null) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (item, _) =>
        {
            try
            {
                await act(item);
                _told.TryRemove((look.Business, id(item)), out string? _);
            }
            catch (GraphUnavailableException exception) when (exception.Fault is { HttpStatus: StatusCodes.Status500InternalServerError } or { Kind: GraphFaultKind.Unexpected })
            {
                look.Stumbled = exception.Fault;
                Tell(look, id(item), exception.Fault.Reason);
                await (stumbled?.Invoke(item) ?? Task.CompletedTask);
            }
#pragma warning disable CA1031 // Whatever is odd about one appointment must not hide the cancellations of the others.
            catch (Exception exception) when (exception is not (GraphUnavailableException or StoreUnavailableException or OperationCanceledException))
#pragma warning restore CA1031
            {
                // Not the message: it may quote the appointment.
                Tell(look, id(item), exception.GetType().Name);
                await (stumbled?.Invoke(item) ?? Task.CompletedTask);
            }
        });

    private bool IsChanged(Look look, string id, JsonElement listed, SeenAppointment? noted)
    {
        try
        {
            return noted?.Listed != AppointmentHash.OfListed(listed);
        }
#pragma warning disable CA1031 // As with each of them later on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tell(look, id, exception.GetType().Name);
            return false;
        }
    }

    private void Tell(Look look, string appointment, string reason)
    {
        if (!_told.TryGetValue((look.Business, appointment), out var told) || told != reason)
        {
            _told[(look.Business, appointment)] = reason;
            Log.AppointmentUnreadable(logger, appointment, look.Business, reason);
        }
    }

    /// <param name="appointment">As it is now; null: it is gone.</param>
    private async Task NoteAsync(Look look, string id, string listed, JsonElement? appointment, SeenAppointment? noted)
    {
        var before = noted ?? SeenAppointment.Nothing;
        var customers = CustomerMatch.Of(id, before.People, appointment is { } there ? CustomersOf(id, there, look.Staff) : []);
        AppointmentChange[] changes = [.. AppointmentChange.Of(customers)];
        var version = before.Version + (changes.Length > 0 ? 1 : 0);
        var happened = changes.Length > 0 ? Happened(appointment, changes, before, look.At) : before.At;
        if (look.MakesEvents && !before.PassedOver)
        {
            await Task.WhenAll(changes.Select(change => intake.KeepAsync(
                change.Happening, LeadId.Parse(change.Row), change.Present?.Customer.Content ?? Remains(id, before), happened, $"{change.Row}\n{version}", change.State)));
            look.Add(changes.Length);
        }

        IReadOnlyList<SeenCustomer> people = [.. customers.Select(one => one.Now)];
        var after = appointment is { } known
            ? new SeenAppointment(listed, version, happened, GraphAppointment.Start(known), GraphAppointment.End(known), GraphAppointment.ServiceName(known), people)
            : before with { Listed = listed, Version = version, At = happened, People = people };
        if (after.ToState() != noted?.ToState())
        {
            await store.RecordSeenAsync(Reader(look.Business), id, after.ToState());
        }
    }

    /// <summary>When Graph says so, or now for what it doesn't show any more; in any case later than what happened before.</summary>
    private static DateTimeOffset Happened(JsonElement? appointment, AppointmentChange[] changes, SeenAppointment before, DateTimeOffset now)
    {
        var said = appointment is { } there && !changes.Any(change => change.Happening == AppointmentEvents.Cancelled) ? GraphAppointment.LastUpdated(there) ?? now : now;
        var next = before.At + TimeSpan.FromMilliseconds(1);
        return said > next ? said : next;
    }

    private static PresentCustomer[] CustomersOf(string id, JsonElement appointment, IReadOnlyDictionary<string, JsonElement> members)
    {
        if (GraphAppointment.Payload(appointment, members) is not { } payload)
        {
            return [];
        }

        JsonElement[] given = [.. GraphAppointment.Customers(appointment)];
        return [.. AppointmentCustomers.Of(payload)
            .Select(customer => PresentCustomer.Of(id, customer, AppointmentHash.OfCustomer(appointment, given.ElementAtOrDefault(customer.Place))))];
    }

    /// <summary>What can be said of an appointment that is gone. The rest is in its last lead.</summary>
    private static byte[] Remains(string id, SeenAppointment before)
    {
        var remains = new JsonObject { ["Id"] = id };
        foreach (var (name, value) in new[] { ("ServiceName", before.ServiceName), ("StartTime", Iso(before.Start)), ("EndTime", Iso(before.End)) })
        {
            if (value is not null)
            {
                remains[name] = value;
            }
        }

        return Encoding.UTF8.GetBytes(remains.ToJsonString());
    }

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(5006, LogLevel.Warning, "Appointment {AppointmentId} of {Business} can't be read: {Reason}. The others are; this one is tried again at each look.")]
        public static partial void AppointmentUnreadable(ILogger logger, string appointmentId, string business, string reason);
    }

    /// <param name="MakesEvents">False at the first look when what exists is to be passed over.</param>
    private sealed record Look(string Business, DateTimeOffset At, bool MakesEvents)
    {
        private int _events;

        public IReadOnlyDictionary<string, JsonElement> Staff { get; set; } = new Dictionary<string, JsonElement>();

        public int Events => _events;

        public GraphFault? Stumbled { get; set; }

        public void Add(int events) => Interlocked.Add(ref _events, events);
    }
}
