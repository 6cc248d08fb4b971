using Azure.Core.Pipeline;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations;

/// <summary>What destinations share.</summary>
/// <param name="IdentityTransport">How Azure.Identity reaches the sign-in service; null for its own way.</param>
internal sealed record DestinationServices(RemoteClient Remote, TimeProvider Time, HttpPipelineTransport? IdentityTransport = null)
{
    /// <summary>Counts the mails that customers get. Without it nobody counts.</summary>
    public MailCount CountMail { get; init; } = (_, _, _) => Task.FromResult<bool?>(true);
}
