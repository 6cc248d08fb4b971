namespace LeadFunctions.Tests.Remote;

/// <summary>One place where a value breaks a schema.</summary>
/// <param name="Path">Names and indexes joined by dots, "personalizations.0.to"; empty for the whole.</param>
/// <param name="Keyword">The schema keyword that is broken, such as "maxItems"; "additionalProperties" for an unknown property.</param>
internal sealed record SchemaFault(string Path, string Keyword, string Message);
