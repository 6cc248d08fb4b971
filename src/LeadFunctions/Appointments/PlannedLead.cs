using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>A lead that is about to be stored: what a posted event means for one customer.</summary>
/// <param name="Lead">The lead, with missing values filled from <paramref name="NewestStored"/>.</param>
/// <param name="NewestStored">The customer's newest lead before this one; null when there is none.</param>
/// <param name="OwnContent">The content that the event itself gave.</param>
/// <param name="DeduplicationText">What all posts of the same event have in common.</param>
/// <param name="LeastWindow">How long such a post counts as a repeat at least, whatever the settings say.</param>
internal sealed record PlannedLead(
    Lead Lead, Lead? NewestStored, LeadContent OwnContent, byte[] DeduplicationText, TimeSpan LeastWindow);
