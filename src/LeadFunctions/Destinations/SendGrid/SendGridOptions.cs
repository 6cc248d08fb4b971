using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.SendGrid;

/// <param name="Host">Where the API is: <c>https://api.sendgrid.com</c>, or <c>https://api.eu.sendgrid.com</c> for EU subusers.</param>
/// <param name="Sandbox">SendGrid checks the mail and sends nothing.</param>
/// <param name="Categories">What SendGrid's statistics file the mails under; at most 10.</param>
internal sealed record SendGridOptions(string ApiKey, Uri Host, bool Sandbox, IReadOnlyList<string> Categories, MailOptions Mail)
{
    private const int MostCategories = 10;
    private const int MostOfCategory = 255;

    public static SendGridOptions Read(SettingsReader settings, string section) => new(
        settings.Required($"{section}:ApiKey", "a SendGrid API key with the Mail Send permission"),
        RemoteUrl.Read(settings, $"{section}:Host", "https://api.sendgrid.com"),
        settings.Flag($"{section}:Sandbox", false),
        ReadCategories(settings, $"{section}:Categories"),
        MailOptions.Read(settings, section, placeholder: null));

    private static IReadOnlyList<string> ReadCategories(SettingsReader settings, string key)
    {
        var categories = settings.List(key) ?? [];
        if (categories.Count > MostCategories
            || categories.Any(category => category.Length > MostOfCategory)
            || categories.Distinct().Count() < categories.Count)
        {
            settings.Fault(
                key,
                $"holds more than SendGrid takes: at most {MostCategories} different names of at most {MostOfCategory} characters");
        }

        return categories;
    }
}
