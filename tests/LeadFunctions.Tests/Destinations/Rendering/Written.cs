using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Rendering;

/// <summary>Mails as they are written with given settings, held to SendGrid's contract.</summary>
internal static class Written
{
    private static readonly (string Key, string Value)[] Least = [("mail:From", "leads@fabrikam.example"), ("mail:To", "sales@fabrikam.example")];

    private static readonly MailContract Contract = new();

    public static MailResult Result(Lead lead, params IEnumerable<(string Key, string Value)> settings)
    {
        var all = Least.Concat(settings.Select(setting => ($"mail:{setting.Key}", setting.Value))).GroupBy(setting => setting.Item1).Select(same => same.Last());
        return new MailWriter(SettingsOf.Read(reader => MailOptions.Read(reader, "mail", placeholder: null), all)).Write(lead);
    }

    /// <summary>The mail, which SendGrid takes.</summary>
    public static Mail Mail(Lead lead, params IEnumerable<(string Key, string Value)> settings)
    {
        var (mail, fault) = Result(lead, settings);
        Assert.Null(fault);
        var json = JsonNode.Parse(SendGridMail.Json(SendGridMail.Of(mail!, lead.Id, sandbox: false, [])))!.AsObject();
        Assert.Empty(Contract.Check(json));
        Assert.Empty(MailRules.Check(json));
        return mail!;
    }
}
