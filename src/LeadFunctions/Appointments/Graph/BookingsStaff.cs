using System.Collections.Concurrent;
using System.Text.Json;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Who the staff members of businesses are: appointments name them by id alone. Read again when an id is new, at most once an hour.</summary>
internal sealed class BookingsStaff(GraphCalendar calendar, TimeProvider time)
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset ReadAt, IReadOnlyDictionary<string, JsonElement> Members)> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Without names when this application may not read them: an appointment must not stay behind over that.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> OfAsync(string business, IEnumerable<string> ids, CancellationToken stop)
    {
        var found = _known.TryGetValue(business, out var known);
        var members = found ? known.Members : new Dictionary<string, JsonElement>();
        if (ids.All(members.ContainsKey) || (found && time.GetUtcNow() - known.ReadAt < LeastAge))
        {
            return members;
        }

        try
        {
            members = (await calendar.StaffAsync(business, stop))
                .Where(member => GraphAppointment.Id(member) is not null)
                .DistinctBy(GraphAppointment.Id)
                .ToDictionary(member => GraphAppointment.Id(member)!, StringComparer.Ordinal);
        }
        catch (GraphUnavailableException exception) when (exception.Fault.Kind is GraphFaultKind.Forbidden or GraphFaultKind.UnknownBusiness or GraphFaultKind.Unexpected)
        {
            // The calendar could be read, so it is only this.
        }

        _known[business] = (time.GetUtcNow(), members);
        return members;
    }
}
