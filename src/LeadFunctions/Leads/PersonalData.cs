namespace LeadFunctions.Leads;

/// <summary>Which of a lead's properties say something about a person.</summary>
internal static class PersonalData
{
    private static readonly string[] NotPersonal = ["OfferTitle", "ServiceName", "ActionCode", "LeadSource"];

    /// <param name="property">Of the content's first level, in any casing.</param>
    public static bool IsIn(string property) => !NotPersonal.Contains(property, StringComparer.OrdinalIgnoreCase);
}
