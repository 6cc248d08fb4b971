using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using SendGrid.Helpers.Mail;
using MailContent = SendGrid.Helpers.Mail.Content;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>A mail as a message of SendGrid's library.</summary>
internal static class SendGridMail
{
    /// <param name="categories">What SendGrid's statistics file it under.</param>
    public static SendGridMessage Of(Mail mail, LeadId id, bool sandbox, IReadOnlyList<string> categories) => new()
    {
        Personalizations =
        [
            new Personalization
            {
                Tos = Addresses(mail.To),
                Ccs = Addresses(mail.Cc),
                Bccs = Addresses(mail.Bcc),
                // Here and not at the root: the published OpenAPI document types the root's custom_args wrongly.
                CustomArgs = new Dictionary<string, string> { ["lead_id"] = id.ToString() },
            },
        ],
        From = Address(mail.From),
        ReplyTo = mail.ReplyTo is { } replyTo ? Address(replyTo) : null,
        Subject = mail.Subject,
        Contents = [new MailContent("text/plain", mail.Text), new MailContent("text/html", mail.Html)],
        Categories = categories.Count > 0 ? [.. categories] : null,
        MailSettings = sandbox ? new MailSettings { SandboxMode = new SandboxMode { Enable = true } } : null,
    };

    /// <summary>The JSON that the library sends, for people to read.</summary>
    public static string Json(SendGridMessage message) => RequestText.Json(JsonNode.Parse(message.Serialize())!);

    // The library sends an empty list as it is, and SendGrid refuses that.
    private static List<EmailAddress>? Addresses(IReadOnlyList<MailAddressText> addresses) =>
        addresses.Count > 0 ? [.. addresses.Select(Address)] : null;

    private static EmailAddress Address(MailAddressText address) => new(address.Address, address.Name);
}
