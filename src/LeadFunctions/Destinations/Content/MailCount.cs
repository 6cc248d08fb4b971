using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Content;

/// <summary>
/// Counts a lead's mail to each of these recipients today, once however often it is tried. False: one of them had
/// <paramref name="most"/> already, and nothing was counted; null: it can't be told now.
/// </summary>
/// <param name="recipients">16 bytes for each, which say nothing about who it is.</param>
internal delegate Task<bool?> MailCount(IReadOnlyList<byte[]> recipients, LeadId lead, int most);
