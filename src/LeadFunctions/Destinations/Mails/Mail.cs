namespace LeadFunctions.Destinations.Mails;

/// <summary>A mail ready to be sent: every address is there once, over To, Cc and Bcc.</summary>
internal sealed record Mail(
    MailAddressText From,
    IReadOnlyList<MailAddressText> To,
    IReadOnlyList<MailAddressText> Cc,
    IReadOnlyList<MailAddressText> Bcc,
    MailAddressText? ReplyTo,
    string Subject,
    string Text,
    string Html);

/// <summary>A mail, or why there can be none.</summary>
internal readonly record struct MailResult(Mail? Mail, string? Fault);
