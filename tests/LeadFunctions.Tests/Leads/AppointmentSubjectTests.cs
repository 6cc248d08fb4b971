using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Leads;

public sealed class AppointmentSubjectTests
{
    private static readonly DateTimeOffset Now = Posted.At;

    [Fact]
    public void A_row_is_of_an_appointment_and_a_customer_and_its_id_is_a_version_8_UUID()
    {
        var row = AppointmentSubject.RowId("AAMk=", "c-1");

        Assert.Equal(row, AppointmentSubject.RowId("AAMk=", "c-1"));
        Assert.Equal((8, "89ab"), (row.Value.Version, row.ToString()[19] is '8' or '9' or 'a' or 'b' ? "89ab" : ""));
        Assert.Equal(4, new[] { row, AppointmentSubject.RowId("AAMk=", "c-2"), AppointmentSubject.RowId("AAMl=", "c-1"), AppointmentSubject.RowId("AAMk=", "") }.Distinct().Count());
    }

    [Fact]
    public void A_cancellation_without_a_date_is_final()
    {
        var cancelled = AppointmentSubject.Order("cancelled", null, Now);

        Assert.True(cancelled > AppointmentSubject.Order("created", null, Now + TimeSpan.FromDays(9)));
        Assert.True(cancelled > AppointmentSubject.Order("updated", null, Now + TimeSpan.FromDays(9)));
        Assert.True(cancelled > AppointmentSubject.Order("updated", Now - TimeSpan.FromMinutes(1), Now + TimeSpan.FromDays(9)));
        Assert.True(cancelled > AppointmentSubject.Order("updated", Now + TimeSpan.FromMinutes(1), Now));
    }

    [Fact]
    public void Without_dates_updates_count_by_arrival_and_come_after_the_creation()
    {
        var updated = AppointmentSubject.Order("updated", null, Now);

        Assert.True(updated < AppointmentSubject.Order("updated", null, Now + TimeSpan.FromMilliseconds(1)));
        Assert.True(updated > AppointmentSubject.Order("created", null, Now + TimeSpan.FromDays(9)));
    }

    [Fact]
    public void With_dates_only_those_count_and_at_the_same_moment_what_happened()
    {
        Assert.True(AppointmentSubject.Order("created", Now, Now) > AppointmentSubject.Order("cancelled", Now - TimeSpan.FromMilliseconds(1), Now));
        Assert.True(AppointmentSubject.Order("created", Now, Now) < AppointmentSubject.Order("updated", Now, Now));
    }
}
