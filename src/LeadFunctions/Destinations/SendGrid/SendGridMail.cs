using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
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

    /// <summary>
    /// The body that is sent, and shown to people: what <see cref="SendGridMessage.Serialize"/> says, with few escapes. That method loads
    /// System.Xml and System.Data, 6 MiB of an idle program.
    /// </summary>
    public static string Json(SendGridMessage message) => JsonSerializer.Serialize(message, SendGridJson.Api.SendGridMessage);

    // An empty list is sent as it is, and SendGrid refuses that.
    private static List<EmailAddress>? Addresses(IReadOnlyList<MailAddressText> addresses) =>
        addresses.Count > 0 ? [.. addresses.Select(Address)] : null;

    private static EmailAddress Address(MailAddressText address) => new(address.Address, address.Name);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SendGridMessage))]
internal sealed partial class SendGridJson : JsonSerializerContext
{
    public static SendGridJson Api { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = new SendGridNames(),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>
/// The names that SendGrid's API has for the properties that <see cref="SendGridMail.Of"/> sets. A test holds them to the library's own.
/// </summary>
internal sealed class SendGridNames : JsonNamingPolicy
{
    public override string ConvertName(string name) => name switch
    {
        nameof(Personalization.Tos) => "to",
        nameof(Personalization.Ccs) => "cc",
        nameof(Personalization.Bccs) => "bcc",
        nameof(SendGridMessage.Contents) => "content",
        _ => SnakeCaseLower.ConvertName(name),
    };
}
