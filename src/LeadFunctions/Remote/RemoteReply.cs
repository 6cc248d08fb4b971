using System.Net.Http.Headers;
using LeadFunctions.Leads;

namespace LeadFunctions.Remote;

/// <summary>What came back from a remote system.</summary>
internal abstract record RemoteReply
{
    /// <summary>What it means for the delivery: as <paramref name="classify"/> reads an answer, or that there was none.</summary>
    public DeliveryOutcome Outcome(Func<Answer, DeliveryOutcome> classify) => this switch
    {
        Answer answer => classify(answer),
        None none => none.Failure,
        _ => throw new InvalidOperationException($"No outcome for {GetType().Name}."),
    };

    /// <param name="Body">At most its first 64 KiB.</param>
    internal sealed record Answer(int Status, HttpResponseHeaders Headers, string? MediaType, string Body) : RemoteReply
    {
        public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

        /// <summary>The wait that <c>Retry-After</c> asks for, in seconds or as a date (RFC 9110).</summary>
        public TimeSpan? RetryAfter(DateTimeOffset now) => Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > now => date - now,
            _ => null,
        };
    }

    internal sealed record None(DeliveryOutcome Failure) : RemoteReply;
}
