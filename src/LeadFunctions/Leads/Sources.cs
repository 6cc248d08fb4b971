namespace LeadFunctions.Leads;

/// <summary>The named ways in. Each has a schema of its own.</summary>
internal static class Sources
{
    public const string Marketplace = "marketplace";

    /// <summary>Appointments of Microsoft Bookings, posted by a flow or read from Microsoft Graph.</summary>
    public const string Bookings = "bookings";

    public static readonly IReadOnlyList<string> All = [Marketplace, Bookings];
}
