namespace LeadFunctions.Destinations;

/// <summary>The remote systems that can be configured.</summary>
internal enum DestinationKind
{
    Dataverse,
    SendGrid,
    File,
    MailDrop,
    Webhook,
}
