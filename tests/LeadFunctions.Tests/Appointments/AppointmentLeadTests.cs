using LeadFunctions.Appointments;

namespace LeadFunctions.Tests.Appointments;

public sealed class AppointmentLeadTests
{
    [Fact]
    public void A_row_is_of_an_appointment_and_a_customer_and_its_id_is_a_version_8_UUID()
    {
        var row = AppointmentLead.RowId("AAMk=", "c-1");

        Assert.Equal(row, AppointmentLead.RowId("AAMk=", "c-1"));
        Assert.Equal((8, "89ab"), (row.Value.Version, row.ToString()[19] is '8' or '9' or 'a' or 'b' ? "89ab" : ""));
        Assert.Equal(4, new[] { row, AppointmentLead.RowId("AAMk=", "c-2"), AppointmentLead.RowId("AAMl=", "c-1"), AppointmentLead.RowId("AAMk=", "") }.Distinct().Count());
    }
}
