using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.History;

/// <summary>Fills a store through <see cref="ILeadStore"/> with what months leave: delivered, given up on, waiting, repeated, refused. Many at once, so that they share commits.</summary>
internal static class HistoryFilling
{
    private const int Batch = 4000;

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(4);

    public static async Task FillAsync(string path, int leads)
    {
        using var store = SqliteLeadStore.Open(path, new DueSignal(), TimeProvider.System);
        var first = DateTimeOffset.UtcNow - (leads * Apart);
        for (var done = 0; done < leads; done += Batch)
        {
            HistoryLead[] batch = [.. Enumerable.Range(done, Math.Min(Batch, leads - done)).Select(number => new HistoryLead(number, (double)number / leads))];
            var kept = batch.ToDictionary(lead => lead, lead => lead.Make(first + (lead.Number * Apart)));
            var numbers = kept.ToDictionary(lead => lead.Value.Id, lead => lead.Key);
            await Task.WhenAll(batch.Select(lead => AcceptAsync(store, lead, kept[lead])));
            var at = kept[batch[^1]].ReceivedAt;
            foreach (var destination in new[] { "crm", "mail", "partner" })
            {
                await DeliverAsync(store, destination, numbers, at);
            }

            if (done % (Batch * 25) == 0)
            {
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"\rFilling the store… {100.0 * done / leads:0} %"));
            }
        }

        Console.WriteLine("\rFilling the store… done ");
    }

    private static async Task AcceptAsync(SqliteLeadStore store, HistoryLead number, Lead lead)
    {
        var print = SHA256.HashData(lead.Content.Utf8)[..16];
        var since = lead.ReceivedAt - TimeSpan.FromHours(1);
        var accepted = store.AcceptAsync(lead, print, since, number.Planned());
        var repeated = number.IsRepeated ? store.AcceptAsync(lead with { Id = LeadId.New(lead.ReceivedAt) }, print, since, number.Planned()) : accepted;
        if (number.HasRefusedBeside)
        {
            await store.KeepRefusedAsync(new RefusedBody(LeadId.New(lead.ReceivedAt), lead.Source, null, lead.ReceivedAt, 400, [new Violation("/UserDetails/Email", "is a number")], lead.Content.Utf8));
        }

        await accepted;
        await repeated;
    }

    private static async Task DeliverAsync(SqliteLeadStore store, string destination, Dictionary<LeadId, HistoryLead> numbers, DateTimeOffset at)
    {
        var claim = await store.ClaimAsync(destination, 2 * Batch, [], at, at.AddMinutes(2));
        await Task.WhenAll(claim.Deliveries.Select(delivery => numbers.TryGetValue(delivery.Lead.Id, out var number) && !number.Waits
            ? RecordAsync(store, delivery, dies: destination == "crm" && number.DiesAtCrm, at)
            : store.RecordAsync(delivery, new DeliveryAttempt(at, TimeSpan.FromSeconds(1), 503, "retry", "busy"), new DeliveryState(DeliveryStatus.Pending, at.AddDays(1000), 1, "busy", null), null)));
    }

    private static Task<bool> RecordAsync(SqliteLeadStore store, LeadDelivery delivery, bool dies, DateTimeOffset at) => store.RecordAsync(
        delivery,
        new DeliveryAttempt(at, TimeSpan.FromMilliseconds(100), dies ? 400 : 204, dies ? "rejected" : "delivered", dies ? "no such column" : null),
        new DeliveryState(dies ? DeliveryStatus.DeadLetter : DeliveryStatus.Delivered, null, dies ? 1 : 0, dies ? "no such column" : null, dies ? null : delivery.Lead.Id.ToString()),
        $"POST https://contoso.example/{delivery.Destination}\n\n{Encoding.UTF8.GetString(delivery.Lead.Content.Utf8)}");
}
