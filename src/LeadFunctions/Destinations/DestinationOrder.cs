using LeadFunctions.Settings;

namespace LeadFunctions.Destinations;

/// <summary>Reads which destination waits for which other one (<c>After</c>).</summary>
internal static class DestinationOrder
{
    public static IReadOnlyList<ConfiguredDestination> Read(SettingsReader settings, string section, IReadOnlyList<ConfiguredDestination> destinations)
    {
        var names = destinations.ToDictionary(destination => destination.Name, destination => destination.Name, StringComparer.OrdinalIgnoreCase);
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

        return [.. destinations.Select(destination => destination with { Route = destination.Route with { After = after.GetValueOrDefault(destination.Name) } })];
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
