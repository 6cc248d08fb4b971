using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using TimeZoneConverter;

namespace LeadFunctions.Leads;

/// <summary>
/// Reads times whose format and zone nobody documents; what names no zone is taken as UTC. Of a date's numbers it
/// must be sure which is which: the year first, the month's name, dots (day.month.year) or slashes (month/day/year).
/// </summary>
internal static partial class TimeText
{
    /// <summary>The longest known name has 49 letters; looking for a longer one would copy it again and again.</summary>
    private const int LongestZone = 100;

    /// <summary>The longest form that is read has some 50 letters; looking for a year in 100,000 costs megabytes.</summary>
    private const int LongestTime = 100;

    /// <summary>Null when it is no time that can be told: a customer is rather shown what came than a day that was guessed.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (!IsShort(text))
        {
            return null;
        }

        // .NET doesn't know this name of the zone, and takes dots as it takes slashes.
        var readable = Dotted.Replace(Utc.Replace(text, ""), "$3-$2-$1");
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        return !IsNone(text)
            && FullDate.IsMatch(readable)
            && DateTimeOffset.TryParse(readable, CultureInfo.InvariantCulture, Styles, out var time)
            ? time
            : null;
    }

    /// <summary>
    /// Whether it stands for no time: programs write the first or last day of their calendar where nothing is set (0001-01-01,
    /// 1601-01-01, 1753-01-01, 9999-12-31), and nobody books in years before 1753, the first that databases hold.
    /// </summary>
    public static bool IsNone(string? text) =>
        IsShort(text)
        && Year.Match(text) is { Success: true } match
        && int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) is var year
        && (year is < 1753 or 9999 || (year == 1753 && text.Contains("1753-01-01", StringComparison.Ordinal)));

    /// <summary>Minutes as a number or a text, <c>hours:minutes:seconds</c>, or ISO 8601 (<c>PT30M</c>).</summary>
    public static TimeSpan? ParseDuration(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes))
        {
            return Math.Abs(minutes) <= TimeSpan.MaxValue.TotalMinutes / 2 ? TimeSpan.FromMinutes(minutes) : null;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
        {
            return span;
        }

        try
        {
            return text.StartsWith('P') ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Null when one of them is, or no calendar goes so far.</summary>
    public static DateTimeOffset? Sum(DateTimeOffset? start, TimeSpan? duration) =>
        start is { } from && duration is { } length && length >= TimeSpan.Zero && length < DateTimeOffset.MaxValue - from
            ? from + length
            : null;

    /// <summary>
    /// The zone of an IANA name (<c>America/Chicago</c>) or a Windows name (<c>Central Standard Time</c>); null when it is not known. The
    /// names are TimeZoneConverter's own, because .NET translates them only where ICU is installed.
    /// </summary>
    public static TimeZoneInfo? Zone(string? name) =>
        name?.Trim() is { Length: > 0 and <= LongestZone } known && TZConvert.TryGetTimeZoneInfo(known, out var zone) ? zone : null;

    private static bool IsShort([NotNullWhen(true)] string? text) =>
        text is not null && text.AsSpan().Trim().Length is > 0 and <= LongestTime;

    [GeneratedRegex(@"(?<=\d|[AP]M)\s+(UTC|\(UTC\))\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Utc { get; }

    [GeneratedRegex(
        @"(?<![\d:.])[0-9]{4}(?=[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))|(?<=\d{1,2}[-/.]\d{1,2}[-/.])[0-9]{4}(?!\d)"
            + @"|(?<=\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,-]+(?:\d{1,2}[ ,]+)?)[0-9]{4}(?![\d:])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Year { get; }

    [GeneratedRegex(@"^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])")]
    private static partial Regex Dotted { get; }

    // What .NET completes with today's year, or with the month's first day, is none.
    [GeneratedRegex(
        @"^\s*\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)|^\s*\d{1,2}/\d{1,2}/\d{4}(?!\d)"
            + @"|\b\d{1,2}[ -]+[a-z]{3,}[ ,-]+\d{4}\b|\b[a-z]{3,} +\d{1,2}(, *| +)\d{4}\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FullDate { get; }
}
