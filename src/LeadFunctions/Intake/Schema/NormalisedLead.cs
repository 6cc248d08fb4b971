namespace LeadFunctions.Intake.Schema;

/// <summary>A body in its normal form.</summary>
/// <param name="Json">UTF-8: documented properties first, in the schema's order and casing, then the unknown ones by name; no nulls, no blanks.</param>
/// <param name="Identity">What makes two bodies the same lead: the normal form with unknown names in lower case too.</param>
/// <param name="IsEmpty">Nothing at all was said.</param>
/// <param name="SurelyValid">The schema is a plain one and every documented value is of its kind; otherwise NJsonSchema decides.</param>
internal readonly record struct NormalisedLead(
    byte[] Json,
    byte[] Identity,
    bool IsEmpty,
    bool SurelyValid);
