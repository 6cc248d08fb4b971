using System.Security.Cryptography;
using System.Text;

namespace LeadFunctions.Leads;

/// <summary>
/// Which events are about the same thing, and which of them is the newest. An appointment and a customer are one thing: one row in the CRM.
/// An event of which it is known when it happened counts by that time. Other events count by what they are (created, then updated, then
/// cancelled) and, among equals, by their arrival. So a cancellation without a time is final, whatever arrives after it.
/// </summary>
internal static class AppointmentSubject
{
    private const long RankMask = (1L << RankBits) - 1;

    // Nothing else has this rank.
    private const long WholeRank = 3;

    // Below the times of events that say when they happened: an event without a date overtakes none of them; a cancellation without one, all.
    private const int BandBits = 52;
    private const int RankBits = 2;

    /// <param name="customer">What tells the customers of a group apart; empty for an appointment of one customer.</param>
    /// <param name="dated">When it happened, if that is known.</param>
    /// <param name="whole">It is about all customers that the appointment has.</param>
    public static LeadSubject Of(string appointmentId, string customer, string happening, DateTimeOffset? dated, DateTimeOffset receivedAt, bool whole = false) =>
        new(RowId(appointmentId, customer), Order(happening, dated, receivedAt) | (whole && happening == AppointmentEvents.Cancelled ? WholeRank : 0)) { GroupId = RowId(appointmentId, "") };

    public static long Order(string happening, DateTimeOffset? dated, DateTimeOffset receivedAt)
    {
        var rank = happening switch { AppointmentEvents.Cancelled => 2L, AppointmentEvents.Updated => 1L, _ => 0L };
        var band = (dated, happening) switch { (not null, _) => 2L, (null, AppointmentEvents.Cancelled) => 3L, _ => rank };
        return (band << BandBits) | (Math.Max(0, (dated ?? receivedAt).ToUnixTimeMilliseconds()) << RankBits) | rank;
    }

    /// <summary>Whether it cancelled the appointment for all its customers.</summary>
    public static bool CancelsAll(LeadSubject subject) => (subject.Order & RankMask) == WholeRank;

    /// <summary>A name-based UUID, version 8 (RFC 9562, appendix B.2): the same appointment and customer always give the same row.</summary>
    public static LeadId RowId(string appointmentId, string customer)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Sources.Bookings}\n{appointmentId}\n{customer}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new LeadId(new Guid(hash.AsSpan(0, 16), bigEndian: true));
    }
}
