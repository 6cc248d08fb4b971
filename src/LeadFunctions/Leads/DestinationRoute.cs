using System.IO.Enumeration;

namespace LeadFunctions.Leads;

/// <summary>Which leads go to a destination. Empty lists mean "everything".</summary>
/// <param name="When">Property path (<c>UserDetails.Country</c>, <c>Lead.Action</c>) → allowed values, without regard to case; <c>*</c> stands for any text.</param>
internal sealed record DestinationRoute(
    string Destination,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Events,
    IReadOnlyDictionary<string, IReadOnlyList<string>> When)
{
    public bool Takes(Lead lead) =>
        Allows(Sources, lead.Source)
        && Allows(Events, lead.Event ?? "")
        && When.All(condition => Allows(condition.Value, ValueOf(lead, condition.Key)));

    private static bool Allows(IReadOnlyList<string> allowed, string value) =>
        allowed.Count == 0 || allowed.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, value));

    private static string ValueOf(Lead lead, string property) => property switch
    {
        "Lead.Source" => lead.Source,
        "Lead.Storefront" => lead.Facts.Storefront ?? "",
        "Lead.Action" => lead.Facts.Action ?? "",
        "Lead.OfferId" => lead.Facts.OfferId ?? "",
        "Lead.IsTest" => lead.Facts.IsTest ? "true" : "false",
        "Lead.DoNotContact" => lead.Facts.DoNotContact ? "true" : "false",
        _ => lead.Content.Text(property.Split('.')) ?? "",
    };
}
