using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>An earlier event, told once more because more is known now.</summary>
/// <param name="ToRowsOnly">Who was told then hears nothing new: only rows have something to gain.</param>
internal sealed record RetoldEvent(Lead Lead, byte[] Identity, bool ToRowsOnly)
{
    /// <summary>Of two leads about the same customer the newer one, with what it left out and the older one says; null when that is nothing.</summary>
    public static RetoldEvent? Fuller(Lead newer, Lead older, DateTimeOffset now)
    {
        var fuller = KnownAppointment.Completed(newer, older);
        return fuller == newer.Content ? null : new RetoldEvent(
            newer with { Id = LeadId.New(now), ReceivedAt = now, Content = fuller },
            [.. Encoding.UTF8.GetBytes($"told again\n{newer.Id}\n"), .. fuller.Utf8],
            // A customer is welcomed once.
            ToRowsOnly: KnownAppointment.HasAddress(newer.Content) || (newer.Event == AppointmentEvents.Created && KnownAppointment.HasAddress(older.Content)));
    }

    /// <summary>A repeated creation that says more than the one that it repeats.</summary>
    public static RetoldEvent WithMore(CustomerEvent repeated) =>
        new(repeated.Lead, [.. Encoding.UTF8.GetBytes($"said with more\n{repeated.Lead.RowId}\n"), .. KnownAppointment.Lasting(repeated.Said).Utf8], ToRowsOnly: true);

    /// <summary>What was said of the whole appointment, for a customer who was not known then.</summary>
    public static RetoldEvent ForNewcomer(Lead whole, Lead customer, DateTimeOffset now) => new(
        whole with
        {
            Id = LeadId.New(now),
            ReceivedAt = now,
            Content = KnownAppointment.Completed(whole with { Content = KnownAppointment.OfAll(whole.Content) }, customer),
            Subject = customer.Subject! with { Order = whole.Subject!.Order },
        },
        Encoding.UTF8.GetBytes($"told to all\n{customer.RowId}\n{whole.Subject.Order}"),
        ToRowsOnly: false);
}
