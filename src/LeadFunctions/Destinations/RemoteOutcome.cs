using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations;

/// <summary>
/// What a request's end means for the delivery that made it: where there was no response, here; a response is for the destination to
/// classify.
/// </summary>
internal static class RemoteOutcome
{
    /// <param name="classify">What a response means: each remote system has its own rules.</param>
    public static DeliveryOutcome Of(RemoteReply reply, Func<RemoteReply.Response, DeliveryOutcome> classify) => reply switch
    {
        RemoteReply.Response response => classify(response),
        // A refused address doesn't heal by itself; any other fault may.
        RemoteReply.NoResponse { Fault: TransportFault.AddressRefused } refused => new DeliveryOutcome.Reject(null, refused.Message),
        RemoteReply.NoResponse none =>
            new DeliveryOutcome.Retry(null, none.Message, Unanswered: none.Fault == TransportFault.ConnectionLost),
        _ => throw new InvalidOperationException($"No outcome for {reply.GetType().Name}."),
    };
}
