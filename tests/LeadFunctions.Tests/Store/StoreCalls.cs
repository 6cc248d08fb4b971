using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Store;

/// <summary>Short calls to a store: the tests say only what they are about.</summary>
internal static class StoreCalls
{
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    public static async Task<Lead> KeepAsync(this ILeadStore store, DateTimeOffset at, params IReadOnlyList<string> destinations)
    {
        var lead = Posted.Lead($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""", at);
        var print = PrintOf(lead);
        lead = lead.For(print);
        var acceptance = await store.AcceptAsync(lead, print, at - TimeSpan.FromDays(1), destinations);
        Assert.Equal(new Acceptance(lead.Id, IsRepeat: false), acceptance);
        return lead;
    }

    /// <summary>With an id as intake makes it.</summary>
    public static Lead For(this Lead lead, byte[] fingerprint) => lead with { Id = lead.Id.InPartition(LeadId.PartitionFor(lead.SharedRow, fingerprint)) };

    public static Task<Acceptance> AcceptAsync(this ILeadStore store, Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<string> destinations) =>
        store.AcceptAsync(lead, fingerprint, repeatsSince, [.. destinations.Select(destination => new PlannedDelivery(destination))]);

    public static Task<Claim> TakeAsync(this ILeadStore store, DateTimeOffset now, int most = 10, string destination = "crm", IReadOnlyCollection<long>? held = null) =>
        store.ClaimAsync(destination, most, held ?? [], now, now + LeaseTime);

    public static async Task<LeadDelivery> TakeOneAsync(this ILeadStore store, DateTimeOffset now, string destination = "crm") =>
        Assert.Single((await store.TakeAsync(now, destination: destination)).Deliveries);

    public static Task<bool> RetryAsync(this ILeadStore store, LeadDelivery delivery, DateTimeOffset now, DateTimeOffset due, string error = "later") =>
        store.RecordAsync(delivery, Attempt(now, "retry", error), new DeliveryState(DeliveryStatus.Pending, due, delivery.Failures + 1, error, null), null);

    public static Task<bool> DeliveredAsync(this ILeadStore store, LeadDelivery delivery, DateTimeOffset now, string? remoteId = null) =>
        store.RecordAsync(delivery, Attempt(now, "delivered", null), new DeliveryState(DeliveryStatus.Delivered, null, delivery.Failures, null, remoteId), null);

    public static Task<bool> DeadLetterAsync(this ILeadStore store, LeadDelivery delivery, DateTimeOffset now, string error = "never") =>
        store.RecordAsync(delivery, Attempt(now, "rejected", error), new DeliveryState(DeliveryStatus.DeadLetter, null, delivery.Failures + 1, error, null), null);

    /// <summary>In as many steps as it takes, each so small that many tests need several.</summary>
    public static async Task<Erasure> EraseAsync(this ILeadStore store, string address, bool countOnly, string by, DateTimeOffset now)
    {
        var total = default(Erasure);
        LeadId? after = null;
        do
        {
            var step = await store.EraseAsync(address, countOnly, after, 2, by, now);
            total += step;
            after = step.Next;
        }
        while (after is not null);

        return total;
    }

    /// <summary>The dead letters of all leads (at one destination), as the bulk act puts them back: list by list, lead by lead.</summary>
    public static async Task<int> ResubmitDeadLettersAsync(this ILeadStore store, string? destination, string by, DateTimeOffset now)
    {
        var (total, before) = (0, default(LeadId?));
        do
        {
            var page = await store.ListRunsAsync(new RunFilter(RunState.DeadLetter, destination), before, 100);
            foreach (var run in page.Items)
            {
                total += await store.ResubmitDeadLettersAsync(run.Lead.Id, destination, by, now);
            }

            before = page.Next;
        }
        while (before is not null);
        return total;
    }

    public static async Task<RunDelivery> DeliveryAsync(this ILeadStore store, LeadId id, string destination = "crm") =>
        (await store.FindRunAsync(id))!.Deliveries.Single(delivery => delivery.Destination == destination);

    /// <summary>The fingerprint of a lead that <see cref="KeepAsync"/> has kept.</summary>
    public static byte[] PrintOf(Lead lead) => SHA256.HashData(lead.Content.Utf8)[..16];

    public static byte[] Print(string identity) => SHA256.HashData(Encoding.UTF8.GetBytes(identity))[..16];

    private static DeliveryAttempt Attempt(DateTimeOffset at, string outcome, string? error) =>
        new(at, TimeSpan.FromMilliseconds(12), outcome == "delivered" ? 204 : 503, outcome, error);
}
