using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Benchmarks.Load;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>
/// Fills a store through <see cref="ILeadStore"/>, so that the file is what months of work leave, whatever its tables look like: leads
/// accepted, claimed and delivered to both destinations at the first attempt. Many at once, so that they share commits.
/// </summary>
internal static class StoreFilling
{
    private const int Batch = 4000;

    private static readonly PlannedDelivery[] Planned = [new("crm"), new("mail")];

    public static async Task FillAsync(string path, int leads)
    {
        using var store = SqliteLeadStore.Open(path, new DueSignal(), TimeProvider.System);
        // Spread over the days before the duplicate window.
        var first = DateTimeOffset.UtcNow.AddDays(-60);
        for (var done = 0; done < leads; done += Batch)
        {
            var at = first.AddDays(50.0 * done / leads);
            await Task.WhenAll(Enumerable.Range(done, Math.Min(Batch, leads - done)).Select(number => AcceptAsync(store, number, at)));
            foreach (var destination in Planned.Select(planned => planned.Destination))
            {
                await DeliverAsync(store, destination, at);
            }

            if (done % (Batch * 25) == 0)
            {
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"\rFilling the store… {100.0 * done / leads:0} %"));
            }
        }

        Console.WriteLine("\rFilling the store… done ");
    }

    private static Task AcceptAsync(SqliteLeadStore store, int number, DateTimeOffset at)
    {
        var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{LeadRequest.Body[0]}{number:D16}{LeadRequest.Body[1]}"));
        var lead = new Lead(LeadId.New(at), Sources.Marketplace, null, at, new LeadContent(body));
        return store.AcceptAsync(lead, SHA256.HashData(body)[..16], null, Planned);
    }

    private static async Task DeliverAsync(SqliteLeadStore store, string destination, DateTimeOffset at)
    {
        var claim = await store.ClaimAsync(destination, Batch, [], at, at.AddMinutes(2));
        await Task.WhenAll(claim.Deliveries.Select(delivery => store.RecordAsync(
            delivery,
            new DeliveryAttempt(at, TimeSpan.FromMilliseconds(100), 204, "delivered", null),
            new DeliveryState(DeliveryStatus.Delivered, null, 0, null, delivery.Lead.Id.ToString()),
            $"POST https://contoso.example/{destination}\n\n{Encoding.UTF8.GetString(delivery.Lead.Content.Utf8)}")));
    }
}
