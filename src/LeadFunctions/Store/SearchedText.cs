using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// Whether a lead is one that somebody searches for by a part of its name, company, e-mail address or offer (for an appointment, its
/// service), in any casing of any script.
/// </summary>
internal static class SearchedText
{
    public static bool Finds(string text, LeadContent content)
    {
        var folded = Fold(text);
        return Texts(content).Any(value => value.Contains(folded, StringComparison.Ordinal));
    }

    /// <summary>Texts that differ by their casing alone become the same.</summary>
    public static string Fold(string text) => text.ToUpperInvariant();

    /// <summary>What is searched, folded.</summary>
    public static IEnumerable<string> Texts(LeadContent content)
    {
        yield return Fold(string.Join(' ', content.Text("UserDetails", "FirstName"), content.Text("UserDetails", "LastName")));
        foreach (var value in new[] { content.Text("UserDetails", "Company"), content.Text("UserDetails", "Email"), content.Offer })
        {
            if (value is not null)
            {
                yield return Fold(value);
            }
        }
    }
}
