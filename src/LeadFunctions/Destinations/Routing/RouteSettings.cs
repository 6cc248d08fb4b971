using System.IO.Enumeration;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Routing;

/// <summary>Reads which leads go to which destination, and which destination waits for which other one.</summary>
internal static class RouteSettings
{
    /// <summary>Reads which leads go to a destination (<c>Sources</c>, <c>Events</c>, <c>When</c>).</summary>
    public static DestinationRoute Read(SettingsReader settings, string section, string name)
    {
        var sources = settings.List($"{section}:Sources") ?? [];
        foreach (var unknown in sources.Except(Sources.All, StringComparer.OrdinalIgnoreCase))
        {
            settings.Fault($"{section}:Sources", $"names a source that does not exist: {unknown}; known: {string.Join(", ", Sources.All)}");
        }

        var derived = settings
            .Map($"{section}:When")
            .Keys.Where(path =>
                path.StartsWith("Lead.", StringComparison.OrdinalIgnoreCase)
                || path.StartsWith("Appointment.", StringComparison.OrdinalIgnoreCase));
        foreach (var unknown in derived.Except(DestinationRoute.DerivedNames, StringComparer.OrdinalIgnoreCase))
        {
            settings.Fault(
                $"{section}:When:{unknown}",
                $"asks for a value that does not exist; known: {string.Join(", ", DestinationRoute.DerivedNames)}");
        }

        var events = settings.List($"{section}:Events") ?? [];
        foreach (var unknown in events.Where(pattern =>
                !AppointmentEvents.All.Any(known => FileSystemName.MatchesSimpleExpression(pattern, known))))
        {
            settings.Fault(
                $"{section}:Events",
                $"names an event that does not exist: {unknown}; known: {string.Join(", ", AppointmentEvents.All)} (of the "
                    + $"source {Sources.Bookings})");
        }

        return new DestinationRoute(
            name,
            sources,
            events,
            settings.Map($"{section}:When").Keys.ToDictionary(
                property => property,
                property => settings.List($"{section}:When:{property}") ?? [],
                StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Adds to each route which other destination it waits for (<c>After</c>).</summary>
    public static IReadOnlyList<DestinationRoute> ReadOrder(SettingsReader settings, string section, IReadOnlyList<DestinationRoute> routes)
    {
        var names = routes.ToDictionary(route => route.Destination, route => route.Destination, StringComparer.OrdinalIgnoreCase);
        var after = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Values)
        {
            if (settings.Text($"{section}:{name}:After") is not { } other)
            {
                continue;
            }

            if (!names.TryGetValue(other, out var known))
            {
                settings.Fault($"{section}:{name}:After", $"names no destination; there are {string.Join(", ", names.Values)}");
            }
            else if (known == name)
            {
                settings.Fault($"{section}:{name}:After", "names the destination itself, which would wait for ever");
            }
            else
            {
                after[name] = known;
            }
        }

        foreach (var name in after.Keys.Where(name => LeadsBack(name, after)))
        {
            settings.Fault($"{section}:{name}:After", "closes a circle: each would wait for the other for ever");
        }

        return [.. routes.Select(route => route with { After = after.GetValueOrDefault(route.Destination) })];
    }

    private static bool LeadsBack(string start, Dictionary<string, string> after)
    {
        var at = start;
        for (var steps = 0; steps < after.Count && after.TryGetValue(at, out var next); steps++)
        {
            at = next;
            if (at == start)
            {
                return true;
            }
        }

        return false;
    }
}
