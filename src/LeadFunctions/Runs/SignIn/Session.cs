namespace LeadFunctions.Runs.SignIn;

/// <summary>A browser that was let in.</summary>
/// <param name="By">The name of the key that let it in.</param>
/// <param name="FormToken">What its forms carry, so that no other site's form is taken for one of ours.</param>
/// <param name="Id">What it is known by when it is signed out; it lets nobody in.</param>
/// <param name="Ends">When it ends by itself.</param>
internal sealed record Session(string By, string FormToken, string Id, DateTimeOffset Ends);
