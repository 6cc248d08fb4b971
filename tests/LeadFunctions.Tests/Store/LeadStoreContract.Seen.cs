using LeadFunctions.Store;

namespace LeadFunctions.Tests.Store;

// What readers of remote systems note.
public abstract partial class LeadStoreContract
{
    [Fact]
    public async Task A_note_is_read_back_until_it_is_taken_away()
    {
        Assert.Empty(await Store.FindValuesAsync("bookings a@contoso.example"));

        await Store.SetValueAsync("bookings a@contoso.example", "", "first");
        await Store.SetValueAsync("bookings a@contoso.example", "AAMk/+=?#\\", """{"Zoë":"😀"}""");
        await Store.SetValueAsync("bookings a@contoso.example", "", "second");

        Assert.Equal([new StoredValue("", "second"), new StoredValue("AAMk/+=?#\\", """{"Zoë":"😀"}""")], (await Store.FindValuesAsync("bookings a@contoso.example")).OrderBy(item => item.Key, StringComparer.Ordinal));
        await Store.SetValueAsync("bookings a@contoso.example", "", null);
        await Store.SetValueAsync("bookings a@contoso.example", "unknown", null);
        Assert.Equal("AAMk/+=?#\\", Assert.Single(await Store.FindValuesAsync("bookings a@contoso.example")).Key);
    }

    [Fact]
    public async Task Readers_have_notes_of_their_own_in_which_casing_counts()
    {
        await Store.SetValueAsync("bookings a@contoso.example", "AAMkA", "upper");
        await Store.SetValueAsync("bookings a@contoso.example", "AAMka", "lower");
        await Store.SetValueAsync("bookings b@contoso.example", "AAMkA", "other");

        Assert.Equal(["lower", "upper"], (await Store.FindValuesAsync("bookings a@contoso.example")).Select(item => item.Value).Order());
    }

    [Fact]
    public async Task A_note_is_replaced_only_while_it_says_what_is_expected()
    {
        Assert.False(await Store.ReplaceValueAsync("alerts", "crm", "something", "lost"));
        Assert.True(await Store.ReplaceValueAsync("alerts", "crm", null, "first"));
        Assert.False(await Store.ReplaceValueAsync("alerts", "crm", null, "lost"));
        Assert.False(await Store.ReplaceValueAsync("alerts", "crm", "First", "lost"));
        Assert.True(await Store.ReplaceValueAsync("alerts", "crm", "first", "second"));

        Assert.Equal(new StoredValue("crm", "second"), Assert.Single(await Store.FindValuesAsync("alerts")));
    }

    [Fact]
    public async Task Of_several_who_replace_a_note_at_once_one_does()
    {
        await Store.SetValueAsync("alerts", "crm", "free");

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => Store.ReplaceValueAsync("alerts", "crm", "free", $"{number}"))));

        Assert.Single(won, true);
        Assert.Equal(Array.IndexOf(won, true).ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(await Store.FindValuesAsync("alerts")).Value);
    }

    [Fact]
    public async Task Many_notes_are_all_read()
    {
        foreach (var some in Enumerable.Range(0, 2_500).Chunk(250))
        {
            await Task.WhenAll(some.Select(number => Store.SetValueAsync("bookings a@contoso.example", $"{number}", new string('x', 400))));
        }

        Assert.Equal(2_500, (await Store.FindValuesAsync("bookings a@contoso.example")).DistinctBy(item => item.Key).Count());
    }
}
