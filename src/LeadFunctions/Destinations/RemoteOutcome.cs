using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations;

/// <summary>What the reply to a request means for the delivery that made it.</summary>
internal static class RemoteOutcome
{
    /// <param name="classify">What an answer means: each remote system has its own rules.</param>
    public static DeliveryOutcome Of(RemoteReply reply, Func<RemoteReply.Answer, DeliveryOutcome> classify) => reply switch
    {
        RemoteReply.Answer answer => classify(answer),
        // A refused address doesn't heal by itself; any other fault may.
        RemoteReply.NoAnswer { Fault: TransportFault.AddressRefused } refused => new DeliveryOutcome.Reject(null, refused.Message),
        RemoteReply.NoAnswer none => new DeliveryOutcome.Retry(null, none.Message, Unanswered: none.Fault == TransportFault.ConnectionLost),
        _ => throw new InvalidOperationException($"No outcome for {reply.GetType().Name}."),
    };
}
