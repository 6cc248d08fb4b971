namespace LeadFunctions.Leads;

/// <summary>Which of a lead's properties say something about a person.</summary>
internal static class PersonalData
{
    private static readonly string[] NotPersonal = ["OfferTitle", "ServiceName", "ActionCode", "LeadSource"];

    /// <param name="property">Of the content's first level. Written otherwise than documented, it may hold anything.</param>
    public static bool IsIn(string property) => !NotPersonal.Contains(property);
}
