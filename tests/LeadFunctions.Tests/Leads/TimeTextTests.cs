using System.Globalization;
using System.Text.Json;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Leads;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2026-12-01T09:30:00.0000000Z")]
    [InlineData("2026-12-01T09:30:00")]
    [InlineData("2026-12-01T09:30:00.0000000+00:00")]
    [InlineData("2026-12-01T01:30:00-08:00")]
    [InlineData("2026-12-01 09:30")]
    [InlineData("12/1/2026 9:30:00 AM")]
    [InlineData("Tue, 01 Dec 2026 09:30:00 GMT")]
    [InlineData(" 2026-12-01T09:30Z ")]
    [InlineData("2026-12-01T09:30:00.0000000 UTC")]
    [InlineData("12/1/2026 9:30 AM (UTC)")]
    [InlineData("01.12.2026 09:30")]
    [InlineData("1.12.2026 09:30:00")]
    [InlineData("2026/12/01 09:30")]
    [InlineData("1 December 2026 09:30")]
    [InlineData("Tuesday, December 1, 2026 9:30 AM")]
    public void Times_are_read_in_the_formats_that_flows_give_and_without_a_zone_are_UTC(string text) =>
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 9, 30, 0, TimeSpan.Zero), TimeText.Parse(text)?.ToUniversalTime());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tomorrow at noon")]
    [InlineData("2026-13-45")]
    [InlineData("09:30")]
    [InlineData("1.5")]
    [InlineData("5")]
    [InlineData("01.12.")]
    [InlineData("01.12.26 09:30")]
    [InlineData("12/1")]
    [InlineData("12/1/26")]
    [InlineData("13/12/2026 09:30")]
    [InlineData("01-12-2026 09:30")]
    [InlineData("31.02.2026")]
    [InlineData("December 1")]
    [InlineData("December 2026")]
    [InlineData("2026-12")]
    [InlineData("Tuesday 09:30")]
    public void What_is_no_time_is_none(string? text) => Assert.Null(TimeText.Parse(text));

    [Theory]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("0001-01-01T00:00:00.0000000Z")]
    [InlineData("0001-01-01T00:00:00+02:00")]
    [InlineData("1/1/0001 12:00:00 AM")]
    [InlineData("01.01.0001 00:00")]
    [InlineData("Mon, 01 Jan 0001 00:00:00 GMT")]
    [InlineData("January 1, 0001")]
    [InlineData("0000-00-00 00:00:00")]
    [InlineData("1601-01-01T00:00:00Z")]
    [InlineData("1752-12-31T23:59:59Z")]
    [InlineData("1753-01-01T00:00:00")]
    [InlineData("9999-12-31T23:59:59.9999999")]
    [InlineData("9999-12-31T23:59:59-08:00")]
    [InlineData("31.12.9999")]
    public void Times_that_stand_for_none_are_none(string text)
    {
        Assert.Null(TimeText.Parse(text));
        Assert.True(TimeText.IsNone(text));
    }

    [Theory]
    [InlineData("2026-12-01T09:30:00")]
    [InlineData("1900-01-01")]
    [InlineData("2026-12-01T09:30:00.9999999Z")]
    [InlineData("12/1/2026 0930")]
    [InlineData("next week")]
    [InlineData("room 0001")]
    [InlineData(null)]
    public void Other_texts_stand_for_what_they_say(string? text) => Assert.False(TimeText.IsNone(text));

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("\"30\"", 30.0)]
    [InlineData("\"PT1H30M\"", 90.0)]
    [InlineData("\"00:45:00\"", 45.0)]
    [InlineData("\"half an hour\"", null)]
    [InlineData("\"P9999999999999D\"", null)]
    [InlineData("1e300", null)]
    [InlineData("true", null)]
    public void Durations_are_minutes_or_times_or_ISO_8601(string json, double? minutes) =>
        Assert.Equal(minutes, TimeText.ParseDuration(JsonElement.Parse(json))?.TotalMinutes);

    [Theory]
    [InlineData("America/Los_Angeles", -8)]
    [InlineData("Pacific Standard Time", -8)]
    [InlineData("W. Europe Standard Time", 1)]
    [InlineData("India Standard Time", 5.5)]
    [InlineData("UTC", 0)]
    public void Zones_have_IANA_and_Windows_names(string name, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), TimeText.Zone(name)!.GetUtcOffset(new DateTimeOffset(2026, 12, 1, 9, 30, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("1")]
    [InlineData("2026-12-01 ")]
    [InlineData("Tue, 01 Dec 2026 ")]
    [InlineData("1753-01-01")]
    public void A_text_that_is_too_long_is_no_time_and_costs_nothing(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var (time, isNone) = (TimeText.Parse(text), TimeText.IsNone(text));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal((null, false), (time, isNone));
        Assert.NotNull(TimeText.Parse($"  2026-12-01T09:30:00Z{new string(' ', 200)}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("Mars/Olympus Mons")]
    [InlineData("../../etc/passwd")]
    public void A_zone_that_nobody_knows_is_none(string? name) => Assert.Null(TimeText.Zone(name));

    [Fact]
    public void The_end_follows_from_the_duration_and_the_duration_from_the_end()
    {
        var fromDuration = Facts("""{"StartTime":"2026-12-01T09:30:00Z","Duration":45}""");
        var fromEnd = Facts("""{"StartTime":"2026-12-01T09:30:00Z","EndTime":"2026-12-01T10:00:00Z"}""");

        Assert.Equal("10:15", fromDuration.End!.Value.ToString("HH:mm", CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.FromMinutes(30), fromEnd.Duration);
        Assert.Null(Facts("""{"StartTime":"9999-12-31T23:59:00Z","Duration":45}""").End);
    }

    private static AppointmentFacts Facts(string json) => AppointmentFacts.Of(new LeadContent(System.Text.Encoding.UTF8.GetBytes(json)));
}
