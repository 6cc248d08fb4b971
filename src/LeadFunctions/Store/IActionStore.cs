using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>What people do about leads. Each of it stays in the history, with who did it and when. See <see cref="ILeadStore"/>.</summary>
internal interface IActionStore
{
    /// <summary>
    /// Makes the undelivered deliveries of a lead due now with their count at zero, and says how many; null when there is no such lead.
    /// With <paramref name="destination"/> only that one, then also when it was discarded, and with <paramref name="evenDelivered"/> even
    /// when it has arrived. What one of them waits for is resubmitted with it, unless it has arrived. It is one audit entry of the lead's,
    /// or with <paramref name="destination"/> one for each that is resubmitted.
    /// </summary>
    Task<int?> ResubmitAsync(LeadId id, string? destination, bool evenDelivered, string by, DateTimeOffset now);

    /// <summary>
    /// Makes the dead letters of a lead (at one destination) due now with their count at zero, with the dead letters that they wait for,
    /// and says how many; 0 when there are none any more. Each that is resubmitted has an audit entry.
    /// </summary>
    Task<int> ResubmitDeadLettersAsync(LeadId id, string? destination, string by, DateTimeOffset now);

    /// <summary>
    /// Ends the dead letters of a lead (at one destination) for good, and says how many; null when there is no such lead.
    /// </summary>
    Task<int?> DiscardAsync(LeadId id, string? destination, string reason, string by, DateTimeOffset now);

    /// <summary>
    /// Erases the data of the person with an e-mail address: in leads (<see cref="PersonalDataEraser"/>), in requests and responses that
    /// were kept, and in refused bodies. What was not delivered yet is discarded. An audit entry keeps that it was done, when and by whom.
    /// An attempt under way is recorded without its request and response. Erasing twice changes nothing.
    /// </summary>
    /// <param name="countOnly">Says how much there is and changes nothing.</param>
    /// <param name="after">Where the step before it ended; null: it begins.</param>
    /// <param name="most">About how many leads are looked at; <see cref="Erasure.Next"/> says where to go on.</param>
    Task<Erasure> EraseAsync(string address, bool countOnly, LeadId? after, int most, string by, DateTimeOffset now);
}

/// <summary>How much had a person's data in it.</summary>
internal readonly record struct Erasure(int Leads, int Refused)
{
    /// <summary>Where to go on; null: everything has been looked at.</summary>
    public LeadId? Next { get; init; }

    public static Erasure operator +(Erasure one, Erasure other) => new(one.Leads + other.Leads, one.Refused + other.Refused);
}
