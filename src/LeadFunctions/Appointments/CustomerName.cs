using System.Text.RegularExpressions;

namespace LeadFunctions.Appointments;

/// <summary>A customer's first and last name, which CRMs want apart. Bookings has one field for both.</summary>
internal readonly partial record struct CustomerName(string? First, string? Last)
{
    /// <summary>A longer text is nobody's name, and dividing it would cost much time.</summary>
    private const int LongestDivided = 1_000;

    private static readonly HashSet<string> Titles = Words(
        "DR PROF PROFESSOR MR MRS MS MISS MX SIR MADAM MME MLLE HERR FRAU SRA SRTA SR SIG DOTT ING DIPL-ING MAG REV HON CAPT "
            + "LT COL GEN SGT");

    // What follows a name: generations, and degrees that are never names, however they are written.
    private static readonly HashSet<string> Suffixes = Words(
        """
        JR SR JNR SNR PHD DPHIL MBA EMBA MSC BSC MENG BENG MPHIL LLM LLB LLD DDS DMD DVM ESQ CPA CFA CISSP PMP PENG FRCS FACS OBE CBE MBE
        EDD PSYD PHARMD MPH MPA MSW MFA BBA CSM PMI RN
        """);

    // These follow a name only when they are written exactly like this: written otherwise, they may be names.
    private static readonly HashSet<string> WrittenSuffixes =
        Words("II III IV MD M.D. MA M.A. BA B.A. MS M.S. BS B.S. DO D.O. JD J.D. PE P.E. QC KC");

    // Words of organisations' names, and positions in organisations: a text with one of these is no person's name.
    private static readonly HashSet<string> Legal = Words(
        """
        INC LLC LTD LIMITED CORP CORPORATION INCORPORATED COMPANY LLP PLC GMBH MBH OHG KGAA EV SARL SASU SRL OYJ APS PTY PVT PTE BHD SDN ZOO
        FOUNDATION UNIVERSITY GROUP HOLDING HOLDINGS TEAM DEPARTMENT SOLUTIONS CONSULTING SERVICES
        CEO CTO CFO COO CIO VP MANAGER DIRECTOR PRESIDENT OWNER SALES SUPPORT
        """);

    private static readonly HashSet<string> WrittenLegal =
        Words("AG KG UG SE SA S.A. SAS SpA S.p.A. BV B.V. NV N.V. AB AS A/S ASA OY Oy LP L.P. CO Co Co. KK e.K. eG");

    /// <summary>
    /// Divides a name. <c>Vance, Adele</c> shows which part is which. Otherwise the last word is the last name, with the small words before
    /// it (<c>van</c>, <c>de la</c>). Titles, generations and degrees belong to neither part. A single word, an organisation, and any other
    /// text that may be no person's name in this order is a last name as it stands: a CRM's row needs one, and nobody is to be greeted by
    /// a guess.
    /// </summary>
    public static CustomerName Of(string? name)
    {
        if (name is { Length: > LongestDivided })
        {
            return new CustomerName(null, name.Trim());
        }

        var whole = string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (whole.Length == 0)
        {
            return default;
        }

        var text = InBrackets.Replace(whole, "").Trim(' ', ',');
        var isPerson = text.Length > 0 && !NoPerson.IsMatch(text) && !text.Split(' ', ',').Any(IsLegal);
        return (isPerson ? Divided(text) : null) ?? new CustomerName(null, whole);
    }

    /// <summary>Null when it is not sure which part is which.</summary>
    private static CustomerName? Divided(string text)
    {
        const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        List<string[]> parts = [.. text.Split(',', Clean).Select(part => part.Split(' '))];
        while (parts.Count > 1 && parts[^1].All(IsSuffix))
        {
            parts.RemoveAt(parts.Count - 1);
        }

        var isLoud = !text.Any(char.IsLower);
        if (parts.Count == 0 || (isLoud && parts.Any(part => part.Length > 1 && WrittenSuffixes.Contains(part[^1]))))
        {
            // In capitals, the MA of JACK MA may be a name or a degree.
            return null;
        }

        string[][] bare = [.. parts.Select(Bare)];
        if (bare.Any(part => part.Length == 0))
        {
            return null;
        }

        return bare switch
        {
            [var last, var first] when last[..^1].All(IsSmall) && first.Length <= 3 =>
                new CustomerName(string.Join(' ', first), string.Join(' ', last)),
            [[var only]] => new CustomerName(null, only),
            [var words] when !words.Any(IsEastAsian) => InOrder(words, hasCapitals: !text.All(letter => !char.IsUpper(letter))),
            _ => null,
        };
    }

    private static CustomerName? InOrder(string[] words, bool hasCapitals)
    {
        if (hasCapitals && IsSmall(words[0]) && !IsSmall(words[^1]))
        {
            // All of "van Gogh" is a last name.
            return null;
        }

        var from = words.Length - 1;
        while (hasCapitals && from > 1 && IsSmall(words[from - 1]))
        {
            from--;
        }

        return new CustomerName(string.Join(' ', words[..from]), string.Join(' ', words[from..]));
    }

    /// <summary>The words without titles before them, and without generations and degrees after them.</summary>
    private static string[] Bare(string[] words)
    {
        var (from, to) = (0, words.Length);
        while (from < to - 1 && Titles.Contains(Letters(words[from])))
        {
            from++;
        }

        while (to > from + 1 && IsSuffix(words[to - 1]))
        {
            to--;
        }

        return words[from..to] is [var one] && IsSuffix(one) ? [] : words[from..to];
    }

    private static bool IsSuffix(string word) => Suffixes.Contains(Letters(word)) || WrittenSuffixes.Contains(word);

    private static bool IsLegal(string word) => word.Length > 1 && (Legal.Contains(Letters(word)) || WrittenLegal.Contains(word));

    private static bool IsSmall(string word) => char.IsLower(word[0]);

    // In East Asian names the family's name comes first.
    private static bool IsEastAsian(string word) =>
        word.Any(letter => letter is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7AF'));

    private static string Letters(string word) => word.Replace(".", "", StringComparison.Ordinal).ToUpperInvariant();

    private static HashSet<string> Words(string words) =>
        new(words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    [GeneratedRegex(@"\s*[\(\[（][^\(\)\[\]]*[\)\]）]\s*$")]
    private static partial Regex InBrackets { get; }

    // Signs of two people, of a person at an organisation, of an address or a number: any order may be meant.
    [GeneratedRegex(@"[&@/|;:+=<>#\d_，、،]|\s[-–—]\s|\s(?:and|und|et|y|e|og|och|en)\s", RegexOptions.CultureInvariant)]
    private static partial Regex NoPerson { get; }
}
