using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Leads;

public sealed class LeadIdTests
{
    [Fact]
    public void Ids_sort_by_the_time_of_arrival() =>
        Prop.ForAll(Milliseconds, Milliseconds, (one, other) =>
            one == other || Math.Sign(string.CompareOrdinal(IdAt(one), IdAt(other))) == one.CompareTo(other)).QuickCheckThrowOnFailure();

    [Fact]
    public void No_id_sorts_before_the_first_of_a_time_before_1970() =>
        Assert.True(string.CompareOrdinal(LeadId.First(DateTimeOffset.UnixEpoch.AddYears(-50)).ToString(), IdAt(0)) < 0);

    [Fact]
    public void Two_leads_of_one_moment_have_two_ids() => Assert.NotEqual(IdAt(1), IdAt(1));

    [Fact]
    public void An_id_reads_as_it_was_written()
    {
        var id = LeadId.New(DateTimeOffset.UnixEpoch);

        Assert.True(LeadId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
        Assert.Equal(id, LeadId.Parse(id.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("../../etc/passwd")]
    public void Other_texts_are_no_ids(string? text) => Assert.False(LeadId.TryParse(text, out _));

    private static Arbitrary<long> Milliseconds => Gen.Choose(0, int.MaxValue).Select(seconds => seconds * 1_001L).ToArbitrary();

    private static string IdAt(long milliseconds) => LeadId.New(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).ToString();
}
