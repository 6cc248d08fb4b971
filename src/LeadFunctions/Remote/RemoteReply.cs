using System.Net.Http.Headers;

namespace LeadFunctions.Remote;

/// <summary>What came of a request: an HTTP response, or a fault on the way. What it means for a lead is the caller's to say.</summary>
internal abstract record RemoteReply
{
    /// <param name="Body">At most its first 64 KiB, or as many bytes as the request asked for.</param>
    internal sealed record Response(int Status, HttpResponseHeaders Headers, string? MediaType, string Body) : RemoteReply
    {
        /// <summary>There is more of the body than was read, or its end never came.</summary>
        public bool IsCut { get; init; }

        /// <summary>A page for people, whatever its status: a proxy's or a sign-in's, not the system's response.</summary>
        public bool IsPage => MediaType is "text/html" or "application/xhtml+xml" || RemoteText.IsPage(Body);

        public string? Header(string name) => Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

        /// <summary>The longest wait that the response asks for.</summary>
        public TimeSpan? Wait(DateTimeOffset now) => RemoteLimits.Wait(Headers, Status, now);
    }

    /// <param name="Message">What happened, for people: names the address, no secret.</param>
    internal sealed record NoResponse(TransportFault Fault, string Message) : RemoteReply;
}

/// <summary>Why a request has no response.</summary>
internal enum TransportFault
{
    /// <summary>The address is outside the request's <see cref="Reach"/>. Nothing was sent.</summary>
    AddressRefused,

    /// <summary>No connection. Nothing was sent.</summary>
    NotReached,

    /// <summary>The connection ended without a response: the request may have arrived.</summary>
    ConnectionLost,
}
