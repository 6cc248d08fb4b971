using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Appointments;

namespace LeadFunctions.Tests.Appointments;

/// <summary>The one rule for who is the same customer.</summary>
public sealed class CustomerMatchingTests
{
    private static readonly Gen<CustomerIdentity> Identity =
        from id in Gen.Elements<string?>(null, "1", "2")
        from address in Gen.Elements<string?>(null, "a@contoso.example", "b@contoso.example")
        from name in Gen.Elements<string?>(null, "ana", "bo")
        select new CustomerIdentity(id, address, name);

    [Theory]
    [InlineData("1|a@x|ana", "1|b@x|bo", nameof(Likeness.Id))]
    [InlineData("1|a@x|ana", "2|a@x|ana", nameof(Likeness.AddressAndName))]
    [InlineData("1|a@x|", "2|a@x|ana", nameof(Likeness.OneSign))]
    [InlineData("||ana", "2|a@x|ana", nameof(Likeness.OneSign))]
    [InlineData("|a@x|ana", "1|a@x|bo", nameof(Likeness.Corrected))]
    [InlineData("|a@x|ana", "|b@x|ana", nameof(Likeness.Corrected))]
    [InlineData("1||", "|a@x|ana", nameof(Likeness.Nothing))]
    [InlineData("||", "1|a@x|ana", nameof(Likeness.Nothing))]
    [InlineData("|a@x|", "|b@x|ana", nameof(Likeness.Unsure))]
    [InlineData("1||ana", "2||ana", nameof(Likeness.Other))]
    [InlineData("1|a@x|ana", "2|a@x|bo", nameof(Likeness.Other))]
    [InlineData("|a@x|ana", "|b@x|bo", nameof(Likeness.Other))]
    public void What_is_the_same_decides_before_what_is_another(string one, string other, string likeness)
    {
        Assert.Equal(likeness, $"{Of(one).LikenessTo(Of(other))}");

        static CustomerIdentity Of(string text) => text.Split('|') is [var id, var address, var name] ? CustomerIdentity.Of(id, address, name) : CustomerIdentity.Nobody;
    }

    [Fact]
    public void One_is_as_like_another_as_the_other_is_like_the_one() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Identity.Two().ToArbitrary(), pair => Assert.Equal(pair.Item1.LikenessTo(pair.Item2), pair.Item2.LikenessTo(pair.Item1))));

    [Fact]
    public void No_two_are_the_same_known_one_and_nobody_is_somebody_else() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Identity.ListOf(6).Two().ToArbitrary(), pair =>
        {
            CustomerMention[] named = [.. pair.Item1.Select(one => new CustomerMention(one))];
            CustomerMention[] known = [.. pair.Item2.Select(one => new CustomerMention(one))];
            foreach (var isEverybody in new[] { true, false })
            {
                var found = CustomerMatching.Find(named, known, isEverybody);

                Assert.Equal(found.Where(index => index >= 0).Distinct(), found.Where(index => index >= 0));
                Assert.All(found.Zip(named).Where(pair => pair.First >= 0), pair => Assert.True(pair.Second.Identity.LikenessTo(known[pair.First].Identity) >= Likeness.Corrected));
            }
        }));

    [Fact]
    public void What_is_surer_is_found_first_whatever_the_order_of_the_list()
    {
        CustomerMention[] known = [new(new("1", "home@x", "ana")), new(new("2", "home@x", "bo"))];

        Assert.Equal([1, 0], CustomerMatching.Find([new(new(null, "home@x", "bo")), new(new("1", "new@x", "bo"))], known, isEverybody: false));
        Assert.Equal([0, 1], CustomerMatching.Find([new(new("1", "new@x", "bo")), new(new(null, "home@x", "bo"))], known, isEverybody: false));
    }

    [Fact]
    public void Who_can_t_be_told_from_another_is_found_only_where_everybody_is_named()
    {
        CustomerMention[] known = [new(new(null, null, "ana")), new(new(null, null, "ana"))];

        Assert.Equal([-1], CustomerMatching.Find([new(new(null, null, "ana"))], known, isEverybody: false));
        Assert.Equal([0, 1], CustomerMatching.Find(known, known, isEverybody: true));
    }
}
