namespace LeadFunctions.Runs.SignIn;

/// <summary>A browser that was let in.</summary>
/// <param name="By">The name of the key that let it in; <c>open</c> where no keys are set.</param>
/// <param name="FormToken">What its forms carry, so that no other site's form is taken for one of ours.</param>
internal sealed record Session(string By, string FormToken);
