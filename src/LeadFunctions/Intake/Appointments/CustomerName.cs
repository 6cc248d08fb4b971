namespace LeadFunctions.Intake.Appointments;

/// <summary>A customer's name, divided as CRMs want it. Bookings has one field for it.</summary>
internal readonly record struct CustomerName(string? First, string? Last)
{
    /// <summary>
    /// <c>Vance, Adele</c> says itself what is what; otherwise the last word is the last name, with the small words before it (<c>van</c>,
    /// <c>de la</c>). A single word is a last name: a CRM's row needs one.
    /// </summary>
    public static CustomerName Of(string? name)
    {
        var comma = (name ?? "").Split(',', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (comma.Length == 2)
        {
            return new CustomerName(comma[1], comma[0]);
        }

        var words = (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return default;
        }

        var from = words.Length - 1;
        while (from > 1 && char.IsLower(words[from - 1][0]))
        {
            from--;
        }

        return new CustomerName(from == 0 ? null : string.Join(' ', words[..from]), string.Join(' ', words[from..]));
    }
}
