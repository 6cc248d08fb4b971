using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// What a row and a mail say unless the publisher wrote templates. In code: a program without templates then loads no Handlebars, and its
/// first lead compiles none. docs/templates.md has the template that says the same of texts, from which publishers begin; a test compares.
/// </summary>
internal static class DefaultTexts
{
    /// <summary>Encodes a value for HTML, of every script: letters stay readable.</summary>
    public static HtmlEncoder Html { get; } = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Dataverse wants a subject on every row: it is never empty.</summary>
    public static string RowSubject(LeadTemplateModel lead) => lead.Appointment is { } appointment
        ? $"{PlainText.FirstVisible(lead.Text("ServiceName")) ?? "Appointment"} ({appointment.Status})"
        : (PlainText.FirstVisible(lead.Text("OfferTitle"), lead.OfferId, lead.Text("LeadSource")) ?? "Marketplace lead")
            + ActionInParentheses(lead);

    /// <summary>Dataverse wants a last name, too.</summary>
    public static string RowLastName(LeadTemplateModel lead) =>
        PlainText.FirstVisible(lead.Detail("LastName"), lead.EmailName, lead.Detail("Company")) ?? "(unknown)";

    /// <summary>What a row's description says besides what the customer wrote.</summary>
    public static string RowFacts(LeadTemplateModel lead) =>
        Lines(lead.Appointment?.Lines ?? [])
        + After("Lead source: ", lead.Text("LeadSource"), "\n")
        + After("Action code: ", lead.Action, "\n")
        + After("Offer: ", lead.OfferId, "\n");

    public static string MailSubject(LeadTemplateModel lead) => lead.Appointment is { } appointment
        ? $"Appointment {appointment.Status}: {PlainText.FirstVisible(lead.Text("ServiceName")) ?? "(no service)"}"
            + After(" - ", appointment.Start)
        : $"New lead: {PlainText.FirstVisible(lead.Text("OfferTitle"), lead.OfferId) ?? "(no offer)"}"
            + After(" - ", lead.Text("LeadSource"))
            + ActionInParentheses(lead);

    /// <summary>Every field of the lead, and its id.</summary>
    public static string MailText(LeadTemplateModel lead) =>
        $"{Lines(lead.Fields)}\nReceived: {lead.ReceivedAt}\nLead id: {lead.Lead.Id}";

    /// <summary>The same as a table.</summary>
    public static string MailHtml(LeadTemplateModel lead) =>
        "<table cellpadding=\"4\" style=\"border-collapse:collapse;font-family:sans-serif\">\n"
        + string.Concat(lead.Fields.Select(Row))
        + "</table>\n<p style=\"font-family:sans-serif;color:#666\">"
        + $"Received {lead.ReceivedAt} · Lead id {lead.Lead.Id}</p>";

    /// <summary>A line for each field.</summary>
    public static string Lines(IEnumerable<(string Name, string Value)> fields) =>
        string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\n"));

    private static string Row((string Name, string Value) field) =>
        $"<tr><th align=\"left\" valign=\"top\">{Html.Encode(field.Name)}</th>"
        + $"<td style=\"white-space:pre-wrap\">{Html.Encode(field.Value)}</td></tr>\n";

    private static string ActionInParentheses(LeadTemplateModel lead) => After(" (", lead.Action, ")");

    private static string After(string before, string? text, string after = "") =>
        string.IsNullOrEmpty(text) ? "" : $"{before}{text}{after}";
}
