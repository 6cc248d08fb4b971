using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations;

/// <summary>What destinations share.</summary>
/// <param name="SignInClient">How Azure.Identity reaches the sign-in service; null for its own way.</param>
internal sealed record DestinationServices(RemoteClient Remote, TimeProvider Time, HttpClient? SignInClient = null)
{
    /// <summary>Counts the mails that customers get. Without it nobody counts.</summary>
    public MailCount CountMail { get; init; } = (_, _, _) => Task.FromResult<bool?>(true);
}
