namespace LeadFunctions.Leads;

/// <summary>
/// One thing that is wrong with a body: where (a JSON pointer, RFC 6901, in the documented casing) and what to do about it.
/// </summary>
internal sealed record Violation(string Path, string Message);
