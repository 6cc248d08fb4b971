using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadFunctions.Leads;

/// <summary>
/// E-mail addresses as people and programs write them, and the one form in which they are kept, sent, compared and erased.
/// </summary>
internal static partial class EmailText
{
    /// <summary>Of a longer text nobody can say which address is meant.</summary>
    private const int MostLetters = 2_000;

    private const int LongestName = 120;

    // RFC 5321: a dot-atom, and a domain with at least one dot.
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string Address =
        $@"{Atom}(?:\.{Atom})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]";

    private static readonly SearchValues<byte> PlainLocal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"u8);

    private static readonly SearchValues<byte> PlainDomain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"u8);

    // What may stand around an address without being part of it, though RFC 5322 would take it for one.
    private static readonly char[] Around = ['|', '=', '?', '/', '&', '*', '~', '^', '{', '}', '!', '#', '$', '%'];

    private static readonly char[] Wrapping = [.. " <>()[]{}\"'`,;.:|*!“”„‘’«»"];

    /// <summary>RFC 5321's usual form, in ASCII, at most 254 characters and 64 before the @, with a dotted domain.</summary>
    public static bool IsAddress(string text) =>
        text.Length <= 254 && text.IndexOf('@', StringComparison.Ordinal) <= 64 && (IsCommon(text) || Whole.IsMatch(text));

    /// <summary>An address, as nearly all are, of which nothing is to be cleaned; told without making a string.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> utf8)
    {
        var at = utf8.IndexOf((byte)'@');
        return at > 0
            && !utf8[..at].ContainsAnyExcept(PlainLocal)
            && !utf8[(at + 1)..].ContainsAnyExcept(PlainDomain)
            && utf8[0] != (byte)'.'
            && utf8[^1] is not ((byte)'.' or (byte)'-' or (byte)'@')
            && utf8[at + 1] != (byte)'.'
            && utf8[at - 1] != (byte)'.';
    }

    /// <summary>
    /// The one address that a text of an address field means: without characters that nobody sees, <c>mailto:</c>, a name and
    /// brackets, quotes and punctuation around it. A text with no address, with several, or with words that may belong to it stays as
    /// it is but for the space around it.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.Length > MostLetters
            || Unescaped(Readable(text)).Trim() is not { } readable
            || !readable.Contains('@', StringComparison.Ordinal))
        {
            return ValueText.Trim(text);
        }

        if (IsAddress(readable))
        {
            return readable;
        }

        foreach (var form in Closer(readable).Prepend(readable))
        {
            if (In(form) is { Count: > 0 } found)
            {
                return found is [var one] && StandsApart(form, one) ? one : ValueText.Trim(text);
            }
        }

        return ValueText.Trim(text);
    }

    /// <summary>What an address field says besides its address (a name, a subject); null when that is nothing.</summary>
    public static string? Besides(string text, string address)
    {
        var readable = Unescaped(Readable(text));
        if (readable.Contains(address, StringComparison.OrdinalIgnoreCase))
        {
            var rest = Lead.Replace(readable.Replace(address, " ", StringComparison.OrdinalIgnoreCase), "").Trim(Wrapping);
            return rest.Length > 0 ? rest : null;
        }

        return null;
    }

    /// <summary>
    /// Whether a text is an address and nothing else but what is written around addresses, or the address in brackets after a name.
    /// </summary>
    public static bool IsNothingBut(string text, string address) =>
        text.Length >= address.Length
        && text.Length <= MostLetters
        && Forms(text)
            .Any(form =>
                form.Contains(address, StringComparison.OrdinalIgnoreCase)
                && In(form).Contains(address, StringComparer.OrdinalIgnoreCase)
                && (Besides(form, address) is not { } rest
                    || rest[0] == '?'
                    || (form.Length <= address.Length + LongestName && IsWithName(form, address))));

    /// <summary>Most addresses, told by their letters alone: a start that reads some of its settings then needs no expression.</summary>
    private static bool IsCommon(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        var dot = text.LastIndexOf('.');
        return at > 0
            && dot > at
            && dot - at < 64
            && text.Length - dot is > 2 and < 64
            && AreWords(text[..at])
            && AreWords(text[(at + 1)..dot])
            && char.IsAsciiLetter(text[dot + 1])
            && AreWords(text[(dot + 1)..]);
    }

    /// <summary>Letters and digits of ASCII, with single dots and hyphens between them.</summary>
    private static bool AreWords(ReadOnlySpan<char> text)
    {
        var before = '.';
        foreach (var letter in text)
        {
            if (letter is '.' or '-' ? before is '.' or '-' : !char.IsAsciiLetterOrDigit(letter))
            {
                return false;
            }

            before = letter;
        }

        return before is not ('.' or '-');
    }

    /// <summary>
    /// False after a word, of which the address may be the rest (<c>some one@example.com</c>), and before dots with more of its
    /// domain.
    /// </summary>
    private static bool StandsApart(string text, string address)
    {
        var at = text.IndexOf(address, StringComparison.OrdinalIgnoreCase);
        var (before, after) = (text[..at], text[(at + address.Length)..].TrimStart());
        var isRestOfWord =
            before.EndsWith(' ') && before.TrimEnd() is [.., var last] && (char.IsLetterOrDigit(last) || last is '.' or '-' or '_' or '+');
        return !isRestOfWord && !(after is ['.', ..] && after.TrimStart(['.', '-']) is [var more, ..] && char.IsLetterOrDigit(more));
    }

    /// <summary>The addresses in a text, each once.</summary>
    public static IReadOnlyList<string> In(string text)
    {
        var found = new List<string>();
        foreach (var match in Within.EnumerateMatches(text))
        {
            var address = text.Substring(match.Index, match.Length).TrimStart(Around);
            var after = match.Index + match.Length < text.Length ? text[match.Index + match.Length] : '\0';
            if (address[0] is '\'' or '`' && after == address[0])
            {
                address = address[1..];
            }

            if (IsAddress(address) && !found.Contains(address, StringComparer.OrdinalIgnoreCase))
            {
                found.Add(address);
            }
        }

        return found;
    }

    /// <summary>
    /// A text as it is, and as it reads without what hides an address in it: characters that nobody sees, other widths, space around
    /// its @ and dots, escapes of URLs and HTML.
    /// </summary>
    public static IEnumerable<string> Forms(string text)
    {
        yield return text;
        var readable = Readable(text);
        if (!ReferenceEquals(readable, text))
        {
            yield return readable;
        }

        if (readable.Contains('%', StringComparison.Ordinal) && Uri.UnescapeDataString(readable) is var unescaped && unescaped != readable)
        {
            yield return Readable(unescaped);
        }

        if (readable.Contains('&', StringComparison.Ordinal) && WebUtility.HtmlDecode(readable) is var decoded && decoded != readable)
        {
            yield return Readable(decoded);
        }

        foreach (var closer in readable.Length <= MostLetters && readable.Contains('@', StringComparison.Ordinal) ? Closer(readable) : [])
        {
            yield return closer;
        }
    }

    /// <summary>Without the space around @, then without that before the domain's dots too.</summary>
    private static IEnumerable<string> Closer(string readable)
    {
        var closer = AroundAt.Replace(readable, "@");
        if (closer != readable)
        {
            yield return closer;
        }

        if (AroundDot.Replace(closer, ".") is var closest && closest != closer)
        {
            yield return closest;
        }
    }

    /// <summary>The address stands in angle brackets after a name, or the name in brackets after the address.</summary>
    private static bool IsWithName(string text, string address)
    {
        text = Lead.Replace(text, "").Trim();
        return (text.Length > address.Length + 1
                && text[^1] == '>'
                && text[..^1].TrimEnd().EndsWith(address, StringComparison.OrdinalIgnoreCase))
            || (text.StartsWith(address, StringComparison.OrdinalIgnoreCase) && text[address.Length..].TrimStart() is ['(', .., ')']);
    }

    /// <summary>Without invisible characters; every kind of space is one, and letters of full width are of the usual one.</summary>
    private static string Readable(string text)
    {
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('\0', '\u001F'))
        {
            return text;
        }

        var readable = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsWhiteSpace(letter) || char.IsControl(letter))
            {
                readable.Append(' ');
            }
            else if (letter is >= '\uFF01' and <= '\uFF5E')
            {
                readable.Append((char)(letter - '\uFF01' + '!'));
            }
            else if (char.GetUnicodeCategory(letter) != UnicodeCategory.Format)
            {
                readable.Append(letter is '\u3002' or '\uFF61' ? '.' : letter);
            }
        }

        return readable.ToString();
    }

    private static string Unescaped(string text) =>
        text.Contains("mailto:", StringComparison.OrdinalIgnoreCase) && text.Contains('%', StringComparison.Ordinal)
            ? Uri.UnescapeDataString(text)
            : text;

    [GeneratedRegex($@"^{Address}\z")]
    private static partial Regex Whole { get; }

    // Never a part of a longer address, in whatever script that is.
    [GeneratedRegex(
        $@"(?<![\p{{L}}\p{{M}}\p{{N}}!#$%&'*+/=?^_`{{|}}~.@-]){Address}(?![\p{{L}}\p{{M}}\p{{N}}_@-]|\.[\p{{L}}\p{{M}}\p{{N}}])")]
    private static partial Regex Within { get; }

    // Begins where the space begins: a long run of it is read once.
    [GeneratedRegex(@"(?<!\s)\s*@\s*")]
    private static partial Regex AroundAt { get; }

    [GeneratedRegex(@"(?<=@\S*)\s+\.(?=\w)")]
    private static partial Regex AroundDot { get; }

    [GeneratedRegex(@"\b(?:mailto|smtp|e-?mail)\s*:(?://)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Lead { get; }
}
