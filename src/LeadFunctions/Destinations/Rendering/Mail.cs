namespace LeadFunctions.Destinations.Rendering;

/// <summary>A mail ready to be sent: every address is there once, over To, Cc and Bcc.</summary>
/// <param name="Customers">Those of the addresses that templates gave.</param>
internal sealed record Mail(
    MailAddressText From,
    IReadOnlyList<MailAddressText> To,
    IReadOnlyList<MailAddressText> Cc,
    IReadOnlyList<MailAddressText> Bcc,
    MailAddressText? ReplyTo,
    string Subject,
    string Text,
    string Html,
    IReadOnlyList<string> Customers)
{
    /// <summary>Without the HTML, which says the same.</summary>
    public string ForPeople =>
        string.Concat(
            $"From: {From}\n",
            Line("To", To),
            Line("Cc", Cc),
            Line("Bcc", Bcc),
            ReplyTo is { } replyTo ? $"Reply-To: {replyTo}\n" : "",
            $"Subject: {Subject}\n\n",
            Text);

    private static string Line(string name, IReadOnlyList<MailAddressText> addresses) =>
        addresses.Count > 0 ? $"{name}: {string.Join(", ", addresses)}\n" : "";
}

/// <summary>A mail, or why there can be none.</summary>
internal readonly record struct MailResult(Mail? Mail, string? Fault);
