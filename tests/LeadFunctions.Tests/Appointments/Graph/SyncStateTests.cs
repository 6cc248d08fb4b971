using LeadFunctions.Appointments.Graph;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>What is stored of an appointment keeps its names, whatever they are called in the code.</summary>
public sealed class SyncStateTests
{
    private const string Stored =
        """{"Listed":"l","Version":2,"At":"2026-11-21T09:00:00+00:00","Start":null,"End":null,"ServiceName":null,"People":[{"Row":"r","State":"s","Traits":{"Id":"i","Address":"a","Name":null}}],"PassedOver":false}""";

    [Fact]
    public void A_stored_state_is_read_and_is_written_as_it_was()
    {
        var state = SyncState.Parse("1", Stored)!;

        var customer = Assert.Single(state.People);
        Assert.Equal(("l", "r", "s", "i"), (state.ListedHash, customer.Row, customer.ContentHash, customer.HashedIdentity.Id));
        Assert.Equal(Stored, state.ToJson());
    }
}
