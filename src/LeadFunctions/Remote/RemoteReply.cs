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
        /// <summary>A page for people, whatever its status: a proxy's or a sign-in's, not the system's answer.</summary>
        public bool IsPage => MediaType is "text/html" or "application/xhtml+xml" || RemoteText.IsPage(Body);

        public string? Header(string name) => Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

        /// <summary>The longest wait that the answer asks for.</summary>
        public TimeSpan? Wait(DateTimeOffset now) => RemoteLimits.Wait(Headers, Status, now);
    }

    internal sealed record None(DeliveryOutcome Failure) : RemoteReply;
}
