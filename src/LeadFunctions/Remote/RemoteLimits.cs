using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace LeadFunctions.Remote;

/// <summary>
/// What a remote system says about its limits: until when it wants to be left alone, and whether a refusal ends with a minute, a day or a
/// month.
/// </summary>
internal static partial class RemoteLimits
{
    private const int MostOfValue = 100;
    private const int MostOfWords = 4_000;

    /// <summary>A number from here on is a time (seconds since 1970), not a wait: nobody asks for 30 years.</summary>
    private const decimal FirstEpochSeconds = 1_000_000_000;

    private const decimal FirstEpochMilliseconds = 100_000_000_000;

    private static readonly string[] Waits = ["Retry-After", "X-Retry-After", "X-RateLimit-Retry-After", "X-RateLimit-Reset-After"];
    private static readonly string[] WaitsInMilliseconds = ["Retry-After-Ms", "x-ms-retry-after-ms"];

    // Systems send these with every answer; they say something about this one only when the limit is used up.
    private static readonly string[] Resets = ["X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset"];
    private static readonly string[] Remaining = ["X-RateLimit-Remaining", "X-Rate-Limit-Remaining", "RateLimit-Remaining"];

    /// <summary>
    /// How long to wait: of all that the headers ask for, the latest. Each may be seconds, a date (RFC 9110), an ISO 8601 time or seconds
    /// since 1970, as systems send them. Null when they ask for nothing, or for what is past.
    /// </summary>
    public static TimeSpan? Wait(HttpResponseHeaders headers, int status, DateTimeOffset now)
    {
        IEnumerable<TimeSpan?> asked =
        [
            .. Values(headers, Waits).Select(text => Parse(text, now)),
            .. Values(headers, WaitsInMilliseconds).Select(Milliseconds),
        ];
        if (status == 429 || Values(headers, Remaining).Any(text => text.Trim() == "0"))
        {
            asked =
            [
                .. asked,
                .. Values(headers, Resets).Select(text => Parse(text, now)),
                .. Values(headers, ["RateLimit"])
                    .SelectMany(text => ResetParameter().Matches(text))
                    .Select(match => Parse(match.Groups[1].Value, now)),
            ];
        }

        return asked.Max();
    }

    /// <summary>
    /// Whether a refusal (4xx) is about a limit that ends by itself, by what it says: a rate, a quota, credits, or the wait that it names.
    /// </summary>
    public static bool IsLimit(RemoteReply.Response answer, string words)
    {
        var read = words.Length > MostOfWords ? words[..MostOfWords] : words;
        return answer.Status is >= 400 and < 500
            && (answer.Header("Retry-After") is not null
                || RateWords().IsMatch(read)
                || (answer.Status is 401 or 402 or 403 && UsedUpWords().IsMatch(read)));
    }

    private static IEnumerable<string> Values(HttpResponseHeaders headers, IEnumerable<string> names) =>
        names.SelectMany(name =>
            headers.NonValidated.TryGetValues(name, out var values) ? values.Where(value => value.Length <= MostOfValue).ToArray() : []);

    private static TimeSpan? Parse(string text, DateTimeOffset now)
    {
        text = text.Trim().Trim('"');
        if (Number(text) is { } number)
        {
            return number >= FirstEpochMilliseconds ? Until(number / 1000, now)
                : number >= FirstEpochSeconds ? Until(number, now)
                : Positive(TimeSpan.FromSeconds((double)number));
        }

        if (RetryConditionHeaderValue.TryParse(text, out var standard) && standard.Date is { } date)
        {
            return Positive(date - now);
        }

        if (text.Length >= "2026-11-21".Length
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return Positive(time - now);
        }

        // The same header twice, joined by a proxy. Dates hold a comma themselves.
        return text.Contains(',', StringComparison.Ordinal)
            ? text.Split(',').Select(part => Number(part.Trim()) is null ? null : Parse(part, now)).Max()
            : null;
    }

    private static TimeSpan? Milliseconds(string text) =>
        Number(text.Trim()) is { } number and < FirstEpochMilliseconds ? Positive(TimeSpan.FromMilliseconds((double)number)) : null;

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Until(decimal seconds, DateTimeOffset now) =>
        seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? Positive(DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) - now)
            : null;

    private static TimeSpan? Positive(TimeSpan wait) => wait > TimeSpan.Zero ? wait : null;

    /// <summary>The parameter of the draft "RateLimit header fields for HTTP", in its earlier and its later form.</summary>
    [GeneratedRegex(@"(?:\breset=|;\s*t=)(\d{1,10})", RegexOptions.IgnoreCase)]
    private static partial Regex ResetParameter();

    [GeneratedRegex(
        @"rate[ _-]?limit|rate exceeded|too[ _-]?many[ _-]?requests|throttl|requests?[ _]?limit"
            + @"|quota[ _]?(?:was |is |has been )?exceeded|exceeded (?:\w+ ){0,4}quota|insufficient[ _]quota"
            + @"|(?:hourly|daily|monthly)[ _]?(?:\w+[ _]){0,2}limit|HTTP error 429",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RateWords();

    [GeneratedRegex(
        @"(?:quota|credits?|limits?)[ _]?(?:is |are |was |were |has been |have been )?(?:exceeded|reached|exhausted|used up)"
            + @"|(?:exceed(?:ed|s|ing)?|reached|exhausted|used up|out of|over|hit|insufficient|not enough|no more)"
            + @"[ _](?:\w+ ){0,4}(?:quota|credits?|limits?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UsedUpWords();
}
