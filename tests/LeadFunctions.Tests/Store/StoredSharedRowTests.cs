using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Tests.Store;

/// <summary>What is kept of a lead's subject beside its content, and inside it by the versions before.</summary>
public sealed class StoredSharedRowTests
{
    private static readonly SharedRow Bare = new(new LeadId(Guid.Parse("5f9c1b1a-0000-8000-8000-000000000001")), EventOrder.FromStored(7));

    [Fact]
    public void What_is_written_is_read_again()
    {
        var subject = Bare with { EndsAt = new DateTimeOffset(2027, 1, 1, 9, 0, 0, TimeSpan.Zero), FromOtherEvents = new Dictionary<string, EventOrder> { ["UserDetails.Email"] = EventOrder.FromStored(9_014_255_254_580_834) } };
        var content = Content("""{"FromOtherEvents":"posted by somebody"}""");

        var (read, again) = StoredSharedRow.Read(StoredSharedRow.ToJson(subject), Bare, content);

        Assert.Same(content, read);
        Assert.Equal((subject.EndsAt, subject.FromOtherEvents["UserDetails.Email"]), (again.EndsAt, Assert.Single(again.FromOtherEvents).Value));
        Assert.Equal(Bare, StoredSharedRow.Read(StoredSharedRow.ToJson(Bare), Bare, content).SharedRow);
        Assert.Null(StoredSharedRow.ToJson(null));
    }

    [Fact]
    public void A_lead_of_a_version_before_has_it_inside_the_content()
    {
        var older = Content("""{"Id":"1","StartTime":"2027-01-01T09:00:00Z","Duration":30,"CustomerName":"Ana – Ä","FromOtherEvents":{"CustomerName":"4510655627210337","UserDetails.Email":"9014255254580834"}}""");

        var (content, subject) = StoredSharedRow.Read(null, Bare, older);

        Assert.Equal("""{"Id":"1","StartTime":"2027-01-01T09:00:00Z","Duration":30,"CustomerName":"Ana – Ä"}""", Encoding.UTF8.GetString(content.Utf8));
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 9, 30, 0, TimeSpan.Zero), subject.EndsAt);
        Assert.Equal(
            [("CustomerName", 4_510_655_627_210_337), ("UserDetails.Email", 9_014_255_254_580_834)],
            subject.FromOtherEvents.Select(one => (one.Key, one.Value.Stored)));
    }

    [Fact]
    public void What_a_version_before_took_from_no_other_event_is_read_as_it_is()
    {
        var older = Content("""{"Id":"1","EndTime":"2027-01-01T09:00:00Z"}""");

        var (content, subject) = StoredSharedRow.Read(null, Bare, older);

        Assert.Same(older, content);
        Assert.Equal((new DateTimeOffset(2027, 1, 1, 9, 0, 0, TimeSpan.Zero), 0), (subject.EndsAt!.Value, subject.FromOtherEvents.Count));
    }

    private static LeadContent Content(string json) => new(Encoding.UTF8.GetBytes(json));
}
