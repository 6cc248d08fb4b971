namespace LeadFunctions.Destinations;

/// <summary>One thing that the command <c>check</c> asked of a remote system.</summary>
/// <param name="What">What was asked, in a few words.</param>
/// <param name="Advice">What to do when it has not passed; or what was left unasked, and why.</param>
internal sealed record CheckResult(string What, bool Passed, string? Advice = null);
