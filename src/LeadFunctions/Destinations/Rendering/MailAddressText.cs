using System.Net.Mail;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>A mail address with the name that stands before it.</summary>
internal readonly record struct MailAddressText(string Address, string? Name)
{
    /// <summary>
    /// Reads <c>someone@example.com</c> or <c>Some One &lt;someone@example.com&gt;</c>; null when it is no address that mail systems take.
    /// </summary>
    public static MailAddressText? Parse(string? text)
    {
        text = text?.Trim() ?? "";
        if (EmailText.IsAddress(text))
        {
            return new MailAddressText(text, null);
        }

        // The framework takes the last of several addresses for the address, and those before it for its name.
        return text.Length > 0
            && MailAddress.TryCreate(text, out var parsed)
            && EmailText.IsAddress(parsed.Address)
            && (parsed.Address == text || text.EndsWith('>'))
            ? new MailAddressText(parsed.Address, SafeName(parsed.DisplayName))
            : null;
    }

    public override string ToString() => Name is null ? Address : $"{Name} <{Address}>";

    /// <summary>
    /// A name fit to stand before an address: SendGrid takes no ';' or ',' in it, and it must not pose as an address or end the
    /// header that it stands in. Null when nothing is left.
    /// </summary>
    public static string? SafeName(string? name)
    {
        var safe = PlainText.OneLine(
            string.Concat((name ?? "").Select(letter => letter is ';' or ',' or '<' or '>' or '"' or '\\' ? ' ' : letter)));
        return safe.Length == 0 || safe.Contains('@', StringComparison.Ordinal) ? null : PlainText.Cut(safe, 100);
    }
}
