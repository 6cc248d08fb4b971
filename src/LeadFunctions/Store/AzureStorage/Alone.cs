using Azure.Data.Tables;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Of all that was interrupted, one delivery at a time is sent, whichever instance sends it. The entity says until when; it is given back
/// when the result is recorded.
/// </summary>
internal static class Alone
{
    private const string Key = "alone";

    public static async Task<bool> TakeAsync(StorePartition notes, LeadId id, string destination, DateTimeOffset now, DateTimeOffset until)
    {
        var own = Own(id, destination);
        var known = await notes.FindAsync(Key);
        if (known is not null && known.Time("Until") > now && known.Text("Delivery") != own)
        {
            return false;
        }

        var entity = TableEntity.New(Key).With("Until", until).With("Delivery", own);
        return await notes.CommitAsync(
            "take turn",
            [known is null ? new TableChange.Insert(entity) : new TableChange.Replace(entity, known.ETag)]) is Commit.Done
            || (await notes.FindAsync(Key))?.TextOrNull("Delivery") == own;
    }

    public static async Task GiveBackAsync(StorePartition notes, LeadId id, string destination)
    {
        if (await notes.FindAsync(Key) is { } known && known.Text("Delivery") == Own(id, destination))
        {
            await notes.CommitAsync("give turn back", [new TableChange.Delete(Key, known.ETag)]);
        }
    }

    private static string Own(LeadId id, string destination) => $"{id} {destination}";
}
