using System.Globalization;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>HTTP status codes, one by one or from–to: <c>200-299, 409</c>.</summary>
internal sealed record StatusRanges(IReadOnlyList<(int From, int To)> Ranges)
{
    public bool Contains(int status) => Ranges.Any(range => range.From <= status && status <= range.To);

    public static StatusRanges Read(SettingsReader settings, string key, string defaultValue, int least, int most)
    {
        var ranges = new List<(int From, int To)>();
        foreach (var text in settings.List(key) ?? defaultValue.Split(", "))
        {
            var ends = text.Split('-', 2);
            if (TryRead(ends[0], least, most, out var from) && TryRead(ends[^1], least, most, out var to) && from <= to)
            {
                ranges.Add((from, to));
            }
            else
            {
                settings.Fault(key, $"holds something that is neither a status code from {least} to {most} nor a range such as 200-204");
            }
        }

        return new StatusRanges(ranges);
    }

    private static bool TryRead(string text, int least, int most, out int code) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out code) && code >= least && code <= most;
}
