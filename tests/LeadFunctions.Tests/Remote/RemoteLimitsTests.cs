using System.Globalization;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Remote;

public sealed class RemoteLimitsTests
{
    /// <summary>Posted.At is 2026-11-21 09:00:00Z.</summary>
    [Theory]
    [InlineData("90", 90d)]
    [InlineData("1.5", 1.5)]
    [InlineData(" 90 ", 90d)]
    [InlineData("\"90\"", 90d)]
    [InlineData("Sat, 21 Nov 2026 09:01:30 GMT", 90d)]
    [InlineData("Saturday, 21-Nov-26 09:01:30 GMT", 90d)]
    [InlineData("Sat Nov 21 09:01:30 2026", 90d)]
    [InlineData("2026-11-21T09:01:30Z", 90d)]
    [InlineData("2026-11-21T09:01:30.500Z", 90.5)]
    [InlineData("2026-11-21T10:01:30+01:00", 90d)]
    [InlineData("2026-11-21 09:01:30", 90d)]
    [InlineData("1795251690", 90d)]
    [InlineData("1795251690000", 90d)]
    [InlineData("5, 90", 90d)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData("2026-11-21T08:00:00Z", null)]
    [InlineData("Sat, 21 Nov 2026 08:00:00 GMT", null)]
    [InlineData("99999999999999999", null)]
    public void A_wait_is_read_in_every_form(string retryAfter, double? seconds)
    {
        Assert.Equal(1795251600, Posted.At.ToUnixTimeSeconds());

        Assert.Equal(seconds, Wait(429, ("Retry-After", retryAfter)));
        Assert.Equal(seconds, Wait(503, ("Retry-After", retryAfter)));
        Assert.Equal(seconds, Wait(429, ("X-RateLimit-Reset", retryAfter)));
    }

    [Theory]
    [InlineData("120", "1795251603", 120)]
    [InlineData("3", "1795251720", 120)]
    [InlineData("2026-11-21T09:02:00Z", "3", 120)]
    [InlineData("soon", "120", 120)]
    [InlineData("120", "soon", 120)]
    public void Of_several_the_latest_counts(string retryAfter, string reset, int seconds) =>
        Assert.Equal(seconds, Wait(429, ("Retry-After", retryAfter), ("X-RateLimit-Reset", reset)));

    [Theory]
    [InlineData("Retry-After-Ms", "90000")]
    [InlineData("x-ms-retry-after-ms", "90000")]
    [InlineData("X-RateLimit-Reset-After", "90")]
    [InlineData("RateLimit-Reset", "90")]
    [InlineData("X-Rate-Limit-Reset", "1795251690")]
    [InlineData("RateLimit", "limit=100, remaining=0, reset=90")]
    [InlineData("RateLimit", "\"default\";r=0;t=90")]
    public void Other_names_for_it_are_known(string name, string value) => Assert.Equal(90, Wait(429, (name, value)));

    [Fact]
    public void The_same_header_twice_counts_once_with_its_latest() => Assert.Equal(90, Wait(429, ("Retry-After", "5"), ("Retry-After", "90")));

    [Theory]
    [InlineData("12", null)]
    [InlineData("0", 90)]
    public void A_limit_that_is_not_used_up_asks_for_nothing(string remaining, int? seconds) =>
        Assert.Equal(seconds, Wait(500, ("X-RateLimit-Remaining", remaining), ("X-RateLimit-Reset", "90")));

    [Fact]
    public void Zooms_daily_limit_is_waited_for() =>
        Assert.Equal(3600, Wait(429, ("X-RateLimit-Type", "Daily-limit"), ("X-RateLimit-Remaining", "0"), ("Retry-After", Posted.At.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))));

    private static double? Wait(int status, params (string Name, string Value)[] headers) => Answers.Of(status, headers: headers).Wait(Posted.At)?.TotalSeconds;
}
