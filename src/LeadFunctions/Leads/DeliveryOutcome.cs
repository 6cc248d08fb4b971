namespace LeadFunctions.Leads;

/// <summary>What one attempt reported. Expected failures are values; an exception from a destination is a bug.</summary>
/// <param name="HttpStatus">The remote system's answer, where there was one.</param>
internal abstract record DeliveryOutcome(int? HttpStatus)
{
    /// <summary>Of a longer request the beginning is kept: people read no more, and it is kept for each delivery.</summary>
    public const int MostOfRequest = 48 * 1024;

    /// <summary>What was sent, for people to read: without keys. Null when nothing was.</summary>
    public string? Request
    {
        get;
        init => field = Beginning(value);
    }

    /// <summary>As much of a request as is kept and shown.</summary>
    public static string? Beginning(string? request) => request is not { Length: > MostOfRequest } ? request
        : $"{request[..(char.IsHighSurrogate(request[MostOfRequest - 1]) ? MostOfRequest - 1 : MostOfRequest)]}… [cut here]";

    /// <summary>Why it has not arrived; null when it has.</summary>
    public string? Fault => this switch
    {
        Retry retry => retry.Error,
        Reject reject => reject.Error,
        _ => null,
    };

    /// <summary>
    /// It has arrived. <paramref name="RemoteId"/> is what the remote system calls it; <paramref name="Answer"/> is the JSON that later
    /// deliveries may use.
    /// </summary>
    internal sealed record Delivered(int? HttpStatus, string? RemoteId = null, string? Note = null, string? Answer = null)
        : DeliveryOutcome(HttpStatus);

    /// <summary>
    /// It may work later. <paramref name="NotBefore"/> is the wait that the remote system asked for;
    /// <paramref name="Unanswered"/> says that the request went out and no answer came, so that it may have arrived.
    /// </summary>
    internal sealed record Retry(int? HttpStatus, string Error, TimeSpan? NotBefore = null, bool Unanswered = false)
        : DeliveryOutcome(HttpStatus);

    /// <summary>It won't heal by itself: a dead letter at once, with the remote system's own words.</summary>
    internal sealed record Reject(int? HttpStatus, string Error) : DeliveryOutcome(HttpStatus);
}
