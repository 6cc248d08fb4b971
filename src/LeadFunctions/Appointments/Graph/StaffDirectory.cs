using System.Collections.Concurrent;
using System.Text.Json;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// The names of businesses' staff members: appointments give only their ids. Reads them again when an id is new, at most once an hour.
/// </summary>
internal sealed class StaffDirectory(GraphCalendar calendar, TimeProvider time)
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset ReadAt, IReadOnlyDictionary<string, JsonElement> Members)> _known = new(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The members that are known, by id. When the application may not read them, it takes the appointments without their names.
    /// </summary>
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
        catch (GraphUnavailableException exception)
            when (exception.Fault.Kind is GraphFaultKind.Forbidden or GraphFaultKind.UnknownBusiness or GraphFaultKind.Unexpected)
        {
            // The appointments themselves could be read: only the staff's names are missing.
        }

        _known[business] = (time.GetUtcNow(), members);
        return members;
    }
}
