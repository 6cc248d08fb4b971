using LeadFunctions.Destinations.Templates;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Mails;

/// <summary>Makes the mail about a lead.</summary>
internal sealed class MailWriter(MailOptions options)
{
    public const string DoNotContactNotice = "DO NOT CONTACT: this customer asked not to be contacted. Keep the lead, don't write or call.";

    private const int MostOfSubject = 250;

    public MailResult Write(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
    {
        var model = new LeadModel(lead, answers);
        try
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var customers = new List<string>();
            var (to, cc, bcc) = (Render(options.To, model, seen, customers), Render(options.Cc, model, seen, customers), Render(options.Bcc, model, seen, customers));
            if (to is null || cc is null || bcc is null)
            {
                return new MailResult(null, "A template of To, Cc or Bcc gave something that is not a mail address for this lead.");
            }

            if (to.Count == 0)
            {
                return new MailResult(null, "The templates of To gave no address for this lead.");
            }

            var subject = PlainText.OneLine(options.Subject.Render(model));
            return new MailResult(
                new Mail(
                    options.From,
                    to,
                    cc,
                    bcc,
                    ReplyTo(lead),
                    PlainText.Cut((lead.Facts.IsTest ? LeadModel.TestMark : "") + (subject.Length > 0 ? subject : "New lead"), MostOfSubject),
                    Notice(lead, "", "\n\n") + Body(options.Text.Render(model)),
                    Notice(lead, "<p style=\"font-family:sans-serif\"><strong>", "</strong></p>\n") + Body(options.Html.Render(model)),
                    customers),
                null);
        }
        catch (TemplateException exception)
        {
            return new MailResult(null, $"A template of the mail could not be rendered: {exception.Message}");
        }
    }

    /// <summary>Whether the templates give a mail for each of these leads.</summary>
    public CheckResult Check(IReadOnlyList<Lead> samples) => SampleLeads.Try(samples, lead => Write(lead).Fault);

    private static string Notice(Lead lead, string before, string after) => lead.Facts.DoNotContact ? before + DoNotContactNotice + after : "";

    /// <summary>SendGrid takes no empty content.</summary>
    private static string Body(string rendered) => PlainText.Storable(rendered) is var text && string.IsNullOrWhiteSpace(text) ? "(no text)" : text;

    /// <summary>Nobody should answer a customer who asked not to be contacted by pressing Reply.</summary>
    private MailAddressText? ReplyTo(Lead lead)
    {
        var address = lead.Content.Text("UserDetails", "Email")?.Trim();
        return options.ReplyToLead && !lead.Facts.DoNotContact && address is not null && MailAddressText.IsAddress(address)
            ? new MailAddressText(address, MailAddressText.SafeName($"{lead.Content.Text("UserDetails", "FirstName")} {lead.Content.Text("UserDetails", "LastName")}"))
            : null;
    }

    private static List<MailAddressText>? Render(IReadOnlyList<LeadTemplate> templates, LeadModel model, HashSet<string> seen, List<string> customers)
    {
        var addresses = new List<MailAddressText>();
        foreach (var (text, isText) in templates.Select(template => (template.Render(model), template.IsText)).Where(address => !string.IsNullOrWhiteSpace(address.Item1)))
        {
            if (MailAddressText.Parse(text) is not { } address)
            {
                return null;
            }

            if (seen.Add(address.Address))
            {
                addresses.Add(address);
                customers.AddRange(isText ? [] : [address.Address]);
            }
        }

        return addresses;
    }
}
