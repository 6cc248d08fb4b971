namespace LeadFunctions.Leads;

/// <summary>The named ways in. Each has a schema of its own.</summary>
internal static class Sources
{
    public const string Marketplace = "marketplace";

    public static readonly IReadOnlyList<string> All = [Marketplace];
}
