using System.Globalization;

namespace LeadFunctions.Tests.Remote;

/// <summary>The documented failures of Dataverse that don't depend on what was sent.</summary>
internal static class DataverseFaults
{
    public const string TooManyRequests = "0x80072322";

    public const string TooMuchTime = "0x80072321";

    public const string TooManyAtOnce = "0x80072326";

    /// <summary>429 of the service protection limits; <paramref name="code"/> is one of the three constants here.</summary>
    public static Fault ServiceProtection(string code = TooManyRequests, int retryAfterSeconds = 5) =>
        new DataverseError(429, code, code switch
        {
            TooManyRequests => "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
            TooMuchTime => "Combined execution time of incoming requests exceeded limit of 1200000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.",
            TooManyAtOnce => "Number of concurrent requests exceeded the limit of 52.",
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a service protection code."),
        }).ToFault(("Retry-After", retryAfterSeconds.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A duplicate-detection rule hit: a 500 (or 412) that must not be retried.</summary>
    public static Fault DuplicateDetected(int status = 500) =>
        new DataverseError(status, "0x80040333", "A record was not created or updated because a duplicate of the current record already exists.").ToFault();

    public static Fault NoApplicationUser() =>
        new DataverseError(403, "0x80072560", "The user is not a member of the organization.").ToFault();

    public static Fault MissingPrivilege() =>
        DataverseError.MissingPrivilege("prvCreateLead").ToFault();

    /// <summary>412 for a key that exists; the code can be empty.</summary>
    public static Fault AlreadyThere(string code = "0x80040237") => (DataverseError.AlreadyThere() with { Code = code }).ToFault();
}
