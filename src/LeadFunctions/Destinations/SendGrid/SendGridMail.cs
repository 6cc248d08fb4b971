using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Mails;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>A mail in the JSON of SendGrid's v3 mail send operation.</summary>
internal static class SendGridMail
{
    public static JsonObject Of(Mail mail, LeadId id, bool sandbox)
    {
        var personalization = new JsonObject { ["to"] = Addresses(mail.To) };
        if (mail.Cc.Count > 0)
        {
            personalization["cc"] = Addresses(mail.Cc);
        }

        if (mail.Bcc.Count > 0)
        {
            personalization["bcc"] = Addresses(mail.Bcc);
        }

        // Here and not at the root: the published OpenAPI document types the root's custom_args wrongly.
        personalization["custom_args"] = new JsonObject { ["lead_id"] = id.ToString() };

        var body = new JsonObject
        {
            ["personalizations"] = new JsonArray(personalization),
            ["from"] = Address(mail.From),
            ["subject"] = mail.Subject,
            ["content"] = new JsonArray(Content("text/plain", mail.Text), Content("text/html", mail.Html)),
        };
        if (mail.ReplyTo is { } replyTo)
        {
            body["reply_to"] = Address(replyTo);
        }

        if (sandbox)
        {
            body["mail_settings"] = new JsonObject { ["sandbox_mode"] = new JsonObject { ["enable"] = true } };
        }

        return body;
    }

    private static JsonObject Content(string type, string value) => new() { ["type"] = type, ["value"] = value };

    private static JsonArray Addresses(IReadOnlyList<MailAddressText> addresses) => new([.. addresses.Select(Address)]);

    private static JsonObject Address(MailAddressText address)
    {
        var json = new JsonObject { ["email"] = address.Address };
        if (address.Name is not null)
        {
            json["name"] = address.Name;
        }

        return json;
    }
}
