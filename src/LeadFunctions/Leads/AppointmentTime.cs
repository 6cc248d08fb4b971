using System.Globalization;
using System.Text.Json;
using System.Xml;
using TimeZoneConverter;

namespace LeadFunctions.Leads;

/// <summary>Reads the times of appointments. Neither their format nor their zone is documented; what names no zone is taken as UTC.</summary>
internal static class AppointmentTime
{
    /// <summary>Null when it is no time that can be told.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var time) ? time : null;

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

    /// <summary>
    /// The zone of an IANA name (<c>America/Chicago</c>) or a Windows name (<c>Central Standard Time</c>); null when it is not known. The names are
    /// TimeZoneConverter's own, because .NET translates them only where ICU is installed.
    /// </summary>
    public static TimeZoneInfo? Zone(string? name) =>
        !string.IsNullOrWhiteSpace(name) && TZConvert.TryGetTimeZoneInfo(name.Trim(), out var zone) ? zone : null;
}
