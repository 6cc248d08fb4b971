using LeadFunctions.Destinations.Mails;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.SendGrid;

/// <param name="Host">Where the API is: <c>https://api.sendgrid.com</c>, or <c>https://api.eu.sendgrid.com</c> for EU subusers.</param>
/// <param name="Sandbox">SendGrid checks the mail and sends nothing.</param>
internal sealed record SendGridOptions(string ApiKey, Uri Host, bool Sandbox, MailOptions Mail)
{
    public static SendGridOptions Read(SettingsReader settings, string section) => new(
        settings.Required($"{section}:ApiKey", "a SendGrid API key with the Mail Send permission"),
        RemoteUrl.Read(settings, $"{section}:Host", "https://api.sendgrid.com"),
        settings.Flag($"{section}:Sandbox", false),
        MailOptions.Read(settings, section, placeholder: null));
}
