using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>Whether a lead is one that somebody searches for by a part of its name, company, e-mail address or offer (for an appointment, its service), in any casing of any script.</summary>
internal static class LeadSearch
{
    public static bool Finds(string text, LeadContent content) =>
        Has(string.Join(' ', content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName")), text)
        || Has(content.Text("UserDetails", "Company"), text)
        || Has(content.Text("UserDetails", "Email"), text)
        || Has(content.Offer, text);

    private static bool Has(string? value, string text) => value is not null && value.Contains(text, StringComparison.OrdinalIgnoreCase);
}
