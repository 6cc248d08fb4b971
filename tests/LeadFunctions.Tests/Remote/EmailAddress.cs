using System.Text.RegularExpressions;

namespace LeadFunctions.Tests.Remote;

/// <summary>What a mail API takes for an address: ASCII, no quoting, no comment, no display name, a domain of two labels or more.</summary>
internal static partial class EmailAddress
{
    public static bool IsValid(string text) => text.Length <= 254 && text.IndexOf('@', StringComparison.Ordinal) <= 64 && Pattern().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}\z")]
    private static partial Regex Pattern();
}
