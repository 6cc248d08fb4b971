namespace LeadFunctions.Leads;

/// <summary>The words that the store and the answers use for a delivery's status.</summary>
internal static class StatusText
{
    private static readonly string[] Words = ["pending", "in_flight", "delivered", "dead_letter", "discarded"];

    public static string Of(DeliveryStatus status) => Words[(int)status];

    public static DeliveryStatus Parse(string word) => (DeliveryStatus)Array.IndexOf(Words, word);
}
