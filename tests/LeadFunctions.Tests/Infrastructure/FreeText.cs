using FsCheck;
using FsCheck.Fluent;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>What people and attackers write into free-text fields, for property tests.</summary>
internal static class FreeText
{
    private static readonly string[] Pieces =
    [
        "Zoë", "O'Neill", " ", "  ", "\n", "\r\n", "\t", "a", "日本語", "العربية", "ß", ".", "@", ";", ",", "\"", "\\", "/", "|", "-", "(", ")",
        "someone@example.com", "@example.com", "<b>", "</td>", "<script>alert(1)</script>", "&amp;", "&", "<", ">", "{{UserDetails.Email}}", "{{{Lead.Id}}}", "{{#each", "}}", "{{> x}}",
        "\U0001F600", "\U0001F468‍\U0001F469‍\U0001F467", "\U0001F1E9\U0001F1EA", "e\u0301", "\u0301", "\u200b", "\u202e", "\u2066", "\ufeff", "\u2028", "\u0085",
        "\0", "\u0001", "\u001b", "\u007f", "\ufffe", "\uffff", "\ud83d", "\ude00", "\r\nBcc: x@example.org", "=1+1", "MSFT_TEST_1", "DNC", "true", "null", "0",
        new('x', 60), new('y', 300), string.Concat(Enumerable.Repeat("\U0001F600", 40)), "a" + new string('\u0301', 120),
    ];

    /// <summary>Texts with lone surrogates too, as a .NET string can hold them.</summary>
    public static Gen<string> Any { get; } =
        from size in Gen.Choose(0, 12)
        from pieces in Gen.ArrayOf(Gen.Elements(Pieces), size)
        from times in Gen.Elements(1, 1, 1, 1, 3, 40)
        select string.Concat(Enumerable.Repeat(string.Concat(pieces), times));

    private static readonly string[] Names =
    [
        "UserDetails.FirstName", "UserDetails.LastName", "UserDetails.Email", "UserDetails.Phone", "UserDetails.Company", "UserDetails.Title", "UserDetails.Country",
        "LeadSource", "ActionCode", "OfferTitle", "Description", "ProductId", "UserDetails.Fax", "Lead", "Lead.Id", "toString",
    ];

    /// <summary>Properties of a lead, any of them absent.</summary>
    public static Gen<(string Name, string? Value)[]> Properties { get; } =
        from chosen in Gen.SubListOf(Names)
        from values in Gen.ArrayOf(Any, chosen.Count)
        select chosen.Where(name => name != "Lead" || !chosen.Contains("Lead.Id")).Zip(values, (name, value) => (name, (string?)value)).ToArray();

    public static void Holds(Action<string> property) => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Any.ToArbitrary(), property));

    public static void HoldsForLeads(Action<(string Name, string? Value)[]> property) => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Properties.ToArbitrary(), property));
}
