using System.Security.Cryptography;
using System.Text;

namespace LeadFunctions.Leads;

/// <summary>
/// Which events are about the same thing, and which of them is the newest. An appointment and a customer are one thing: one row in the CRM.
/// An event that says when it happened counts by that time. The connector doesn't say it; its events count by what they are
/// (created, then updated, then cancelled) and, among updates, by their arrival. So a cancellation is final whatever arrives after
/// it, unless a later-dated event says otherwise.
/// </summary>
internal static class AppointmentSubject
{
    // Below the times of events that say when they happened: an event without a date overtakes none of them, cancellations excepted.
    private const int BandBits = 52;
    private const int RankBits = 2;

    /// <param name="customer">What tells the customers of a group apart; empty for an appointment of one customer.</param>
    /// <param name="dated">When it happened, if the event says so.</param>
    public static LeadSubject Of(string appointmentId, string customer, string happening, DateTimeOffset? dated, DateTimeOffset receivedAt) =>
        new(RowId(appointmentId, customer), Order(happening, dated, receivedAt));

    public static long Order(string happening, DateTimeOffset? dated, DateTimeOffset receivedAt)
    {
        var rank = happening switch { AppointmentEvents.Cancelled => 2L, AppointmentEvents.Updated => 1L, _ => 0L };
        var band = dated is null ? rank : 2L;
        return (band << BandBits) | (Math.Max(0, (dated ?? receivedAt).ToUnixTimeMilliseconds()) << RankBits) | rank;
    }

    /// <summary>A name-based UUID, version 8 (RFC 9562, appendix B.2): the same appointment and customer always give the same row.</summary>
    public static LeadId RowId(string appointmentId, string customer)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Sources.Bookings}\n{appointmentId}\n{customer}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new LeadId(new Guid(hash.AsSpan(0, 16), bigEndian: true));
    }
}
