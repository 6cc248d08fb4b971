using LeadFunctions.Appointments;

namespace LeadFunctions.Tests.Appointments;

public sealed class AppointmentSubjectTests
{
    [Fact]
    public void A_row_is_of_an_appointment_and_a_customer_and_its_id_is_a_version_8_UUID()
    {
        var row = AppointmentSubject.RowId("AAMk=", "c-1");

        Assert.Equal(row, AppointmentSubject.RowId("AAMk=", "c-1"));
        Assert.Equal((8, "89ab"), (row.Value.Version, row.ToString()[19] is '8' or '9' or 'a' or 'b' ? "89ab" : ""));
        Assert.Equal(4, new[] { row, AppointmentSubject.RowId("AAMk=", "c-2"), AppointmentSubject.RowId("AAMl=", "c-1"), AppointmentSubject.RowId("AAMk=", "") }.Distinct().Count());
    }
}
