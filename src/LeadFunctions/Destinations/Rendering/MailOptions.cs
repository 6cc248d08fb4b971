using System.Text;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>Who gets a mail about each lead, and what is in it.</summary>
/// <param name="To">Addresses; each may be a template.</param>
/// <param name="ReplyToLead">A reply goes to the lead's own address. Default true, unless the mail is the customer's.</param>
/// <param name="ToCustomer">
/// The mail goes to the customer, who needs guarding. Default: whether a recipient is a template, which may render to anything that a lead
/// says.
/// </param>
/// <param name="MostPerAddressAndDay">Mails of this destination to one customer's address in a day (UTC). Default 3.</param>
internal sealed record MailOptions(
    MailAddressText From,
    IReadOnlyList<LeadTemplate> To,
    IReadOnlyList<LeadTemplate> Cc,
    IReadOnlyList<LeadTemplate> Bcc,
    bool ReplyToLead,
    LeadTemplate Subject,
    LeadTemplate Text,
    LeadTemplate Html,
    bool ToCustomer,
    int MostPerAddressAndDay)
{
    private static readonly string[] Recipients = ["To", "Cc", "Bcc"];

    /// <param name="placeholder">
    /// For mails that are only files: stands for addresses that aren't configured; null where they must be.
    /// </param>
    public static MailOptions Read(SettingsReader settings, string section, string? placeholder)
    {
        var to = ReadAddresses(settings, $"{section}:To");
        if (to.Count == 0)
        {
            if (placeholder is null)
            {
                settings.Fault(
                    $"{section}:To",
                    "is missing; set it to the address of the people who follow up (several: To:0, To:1, …, or divided by commas)");
            }
            else
            {
                to = [LeadTemplate.Text(placeholder)];
            }
        }

        var toCustomer = settings.Flag(
            $"{section}:ToCustomer",
            Recipients.Any(key => settings.List($"{section}:{key}")?.Any(IsTemplate) == true));
        return new MailOptions(
            ReadFrom(settings, section, placeholder),
            to,
            ReadAddresses(settings, $"{section}:Cc"),
            ReadAddresses(settings, $"{section}:Bcc"),
            settings.Flag($"{section}:ReplyToLead", !toCustomer),
            ReadTemplate(settings, $"{section}:Subject", DefaultTexts.MailSubject, LeadTemplate.Text),
            ReadTemplate(settings, $"{section}:Text", DefaultTexts.MailText, LeadTemplate.Text),
            ReadTemplate(settings, $"{section}:Html", DefaultTexts.MailHtml, LeadTemplate.Html),
            toCustomer,
            settings.Int($"{section}:MostPerAddressAndDay", 3, 1, 1000));
    }

    private static MailAddressText ReadFrom(SettingsReader settings, string section, string? placeholder)
    {
        var text = placeholder is null
            ? settings.Required($"{section}:From", "an address that your mail system may send from")
            : settings.Text($"{section}:From") ?? placeholder;
        var from = MailAddressText.Parse(text);
        if (from is null && text.Length > 0)
        {
            settings.Fault($"{section}:From", "is not a mail address (ASCII only)");
        }

        var name = settings.Text($"{section}:FromName");
        var shown = name is null ? from?.Name : MailAddressText.SafeName(name);
        if (placeholder is null && shown is not null && !Ascii.IsValid(shown))
        {
            settings.Fault(
                $"{section}:{(name is null ? "From" : "FromName")}",
                "holds letters beyond ASCII, which SendGrid does not take in the sender");
        }

        return from is { } address ? address with { Name = shown } : default;
    }

    private static List<LeadTemplate> ReadAddresses(SettingsReader settings, string key)
    {
        var templates = new List<LeadTemplate>();
        foreach (var source in settings.List(key) ?? [])
        {
            var template = LeadTemplate.Text(source);
            if (template.Fault() is { } fault)
            {
                settings.Fault(key, $"holds a template that can't be rendered: {fault}");
            }
            else if (!IsTemplate(source) && MailAddressText.Parse(source) is null)
            {
                settings.Fault(key, "holds something that is not a mail address");
            }

            templates.Add(template);
        }

        return templates;
    }

    private static LeadTemplate ReadTemplate(
        SettingsReader settings, string key, Func<LeadTemplateModel, string> defaultText, Func<string, LeadTemplate> make)
    {
        if (settings.Text(key) is not { } source)
        {
            return LeadTemplate.Default(defaultText);
        }

        var template = make(source);
        if (template.Fault() is { } fault)
        {
            settings.Fault(key, $"is not a template that can be rendered: {fault}");
        }
        else if (key.EndsWith(":Html", StringComparison.Ordinal) && HarmlessLinks.Unquoted(source) is { } unquoted)
        {
            settings.Fault(key, $"puts a value into a tag without quotes around it ({unquoted}); write \"…\" around it");
        }

        return template;
    }

    private static bool IsTemplate(string source) => source.Contains("{{", StringComparison.Ordinal);
}
