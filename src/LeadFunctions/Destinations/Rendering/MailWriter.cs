using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>Makes the mail about a lead.</summary>
internal sealed class MailWriter(MailOptions options)
{
    public const string DoNotContactNotice = "DO NOT CONTACT: this customer asked not to be contacted. Keep the lead, don't write or call.";

    private const int MostOfSubject = 250;

    public MailResult Write(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
    {
        var model = new LeadTemplateModel(lead, answers);
        try
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var customers = new List<string>();
            var to = Render("To", options.To, model, seen, customers);
            var cc = Render("Cc", options.Cc, model, seen, customers);
            var bcc = Render("Bcc", options.Bcc, model, seen, customers);
            if ((to.Fault ?? cc.Fault ?? bcc.Fault) is { } fault)
            {
                return new MailResult(null, fault);
            }

            if (to.Addresses.Count == 0)
            {
                return new MailResult(
                    null,
                    $"To gave no address for this lead: {string.Join(", ", options.To.Select(template => template.Source))} gave nothing.");
            }

            var subject = PlainText.OneLine(options.Subject.Render(model));
            return new MailResult(
                new Mail(
                    options.From,
                    to.Addresses,
                    cc.Addresses,
                    bcc.Addresses,
                    ReplyTo(lead),
                    PlainText.Cut(
                        (lead.Facts.IsTest ? LeadTemplateModel.TestMark : "") + (subject.Length > 0 ? subject : "New lead"),
                        MostOfSubject),
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

    private static string Notice(Lead lead, string before, string after) =>
        lead.Facts.DoNotContact ? before + DoNotContactNotice + after : "";

    /// <summary>SendGrid takes no empty content.</summary>
    private static string Body(string rendered) =>
        PlainText.Storable(rendered) is var text && string.IsNullOrWhiteSpace(text) ? "(no text)" : text;

    /// <summary>Nobody should answer a customer who asked not to be contacted by pressing Reply.</summary>
    private MailAddressText? ReplyTo(Lead lead)
    {
        var address = lead.Content.Text("UserDetails", "Email")?.Trim();
        return options.ReplyToLead && !lead.Facts.DoNotContact && address is not null && EmailText.IsAddress(address)
            ? new MailAddressText(
                address,
                MailAddressText.SafeName($"{lead.Content.Text("UserDetails", "FirstName")} {lead.Content.Text("UserDetails", "LastName")}"))
            : null;
    }

    /// <summary>
    /// The addresses, or which template gave something else and what: that the lead said it is what a person needs to mend either.
    /// </summary>
    private static (List<MailAddressText> Addresses, string? Fault) Render(
        string key, IReadOnlyList<LeadTemplate> templates, LeadTemplateModel model, HashSet<string> seen, List<string> customers)
    {
        var addresses = new List<MailAddressText>();
        foreach (var template in templates)
        {
            var text = template.Render(model);
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            if (MailAddressText.Parse(text) is not { } address)
            {
                return (addresses, $"{key}: {template.Gave(text)}, which is not a mail address.");
            }

            if (seen.Add(address.Address))
            {
                addresses.Add(address);
                customers.AddRange(template.IsText ? [] : [address.Address]);
            }
        }

        return (addresses, null);
    }
}
