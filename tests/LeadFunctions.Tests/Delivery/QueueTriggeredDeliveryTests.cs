using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Delivery;
using LeadFunctions.Destinations.Routing;
using LeadFunctions.Destinations;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Store.AzureStorage;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadFunctions.Tests.Delivery;

/// <summary>Delivery by the queue, on Azurite's tables and queues: messages that come in time, late, twice, not at all, or to a program that is gone.</summary>
public sealed partial class QueueTriggeredDeliveryTests(SharedAzurite azurite) : IAsyncLifetime
{
    private static int _queues;

    private readonly string _name = $"test-queue-{Interlocked.Increment(ref _queues)}";
    private readonly ConcurrentQueue<(LeadId Lead, string Destination)> _sent = new();
    private readonly List<IDisposable> _opened = [];
    private readonly string _table = SharedAzurite.NewTable();
    private Azurite _azurite = null!;
    private AzureLeadStore _store = null!;
    private DeliveryQueueSender _queue = null!;
    private PlayedTrigger _trigger = null!;

    private ManualTime? Time { get; set; }

    private DateTimeOffset Now => (Time ?? TimeProvider.System).GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _azurite = await azurite.GetAsync();
        _trigger = new PlayedTrigger(_azurite, _name);
        (_store, _queue) = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_trigger?.DisposeAsync() ?? ValueTask.CompletedTask);
        _opened.ForEach(opened => opened.Dispose());
    }

    [Fact]
    public async Task What_is_accepted_is_rung_and_delivered_and_no_message_is_left()
    {
        _trigger.Start(Function(_store, _queue));

        var leads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => _store.KeepAsync(Now, "crm", "mail")));

        await Eventually.TrueAsync(() => _sent.Count == 80, "all have arrived");
        Assert.Equal(80, _sent.Distinct().Count());
        await Eventually.TrueAsync(async () => await _trigger.CountAsync() == 0, "no message is left");
        Assert.All(leads, lead => Assert.Equal(["delivered", "delivered"], Outcomes(lead)));
    }

    [Fact]
    public async Task What_lost_its_message_is_delivered_by_the_sweep_after_a_minute_and_not_before()
    {
        Time = new ManualTime();
        var function = Function(_store, _queue);
        var lead = await _store.KeepAsync(Now, "crm", "mail");
        await _trigger.DeleteAllAsync();

        await function.CatchUpAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_sent);
        Time.Advance(TimeSpan.FromSeconds(61));
        await function.CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.Equal([(lead.Id, "crm"), (lead.Id, "mail")], _sent.OrderBy(sent => sent.Destination));
    }

    [Fact]
    public async Task Messages_that_come_twice_and_to_several_instances_at_once_deliver_once()
    {
        var (otherStore, otherQueue) = await OpenAsync();
        QueueTriggeredDelivery[] instances = [Function(_store, _queue), Function(otherStore, otherQueue)];
        var leads = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _store.KeepAsync(Now, "crm", "mail")));
        await _trigger.DeleteAllAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).SelectMany(round => leads.Select(lead => instances[round % 2].DeliverAsync($"{lead.Id}", TestContext.Current.CancellationToken))));

        await Eventually.TrueAsync(() => _sent.Count >= 20, "all have arrived");
        Assert.Equal(20, _sent.Count);
        Assert.Equal(20, _sent.Distinct().Count());
    }

    [Fact]
    public async Task What_a_program_that_is_gone_had_under_way_is_rung_again_when_its_lease_ends()
    {
        var lease = TimeSpan.FromSeconds(3);
        var (goneStore, goneQueue) = await OpenAsync();
        using var gone = new CancellationTokenSource();
        var lead = await _store.KeepAsync(Now, "crm", "mail");
        await _trigger.DeleteAllAsync();
        var hanging = Function(goneStore, goneQueue, (_, _) => Task.Delay(Timeout.Infinite, gone.Token), lease: lease).DeliverAsync($"{lead.Id}", CancellationToken.None);
        await Eventually.TrueAsync(() => _sent.Count == 2, "both are under way");
        // What it would still record gets nowhere.
        goneStore.Dispose();
        _sent.Clear();
        _trigger.Start(Function(_store, _queue, lease: lease));

        await Eventually.TrueAsync(() => _sent.Count == 2, "another instance has delivered both");
        await Eventually.TrueAsync(() => Outcomes(lead).SequenceEqual(["interrupted", "delivered", "interrupted", "delivered"]), "both are recorded");
        await gone.CancelAsync();
        Assert.False(hanging.IsFaulted);
    }

    [Fact]
    public async Task A_destination_that_takes_its_time_has_its_share_and_what_goes_beyond_it_is_put_back_without_an_attempt()
    {
        using var release = new SemaphoreSlim(0);
        _trigger.Start(Function(_store, _queue, (_, destination) => destination == "crm" ? release.WaitAsync() : Task.CompletedTask, share: 1));

        var leads = new[] { await _store.KeepAsync(Now, "crm", "mail"), await _store.KeepAsync(Now, "crm", "mail"), await _store.KeepAsync(Now, "crm", "mail") };

        await Eventually.TrueAsync(() => _sent.Count(sent => sent.Destination == "mail") == 3, "the other destination has all");
        Assert.Single(_sent, sent => sent.Destination == "crm");
        release.Release(3);
        await Eventually.TrueAsync(() => leads.All(lead => Outcomes(lead).SequenceEqual(["delivered", "delivered"])), "all have arrived, each with one attempt");
    }

    [Fact]
    public async Task However_many_wait_for_a_destination_that_takes_its_time_they_hold_up_nothing_for_another()
    {
        using var release = new SemaphoreSlim(0);
        for (var some = 0; some < 10; some++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.KeepAsync(Now, "crm")));
        }

        _trigger.Start(Function(_store, _queue, (_, destination) => destination == "crm" ? release.WaitAsync() : Task.CompletedTask, share: 2));
        await Eventually.TrueAsync(() => _sent.Count == 2, "its share is under way");

        var lead = await _store.KeepAsync(Now, "mail");

        await Eventually.TrueAsync(() => _sent.Contains((lead.Id, "mail")), "the other destination has its lead", TimeSpan.FromMinutes(1));
        Assert.Equal(2, _sent.Count(sent => sent.Destination == "crm"));
        release.Release(1_000);
    }

    [Fact]
    public async Task A_destination_that_was_down_is_asked_first_for_what_it_may_have_taken_already()
    {
        Time = new ManualTime();
        DeliveryOutcome answer = new DeliveryOutcome.Retry(null, "no answer", Unanswered: true);
        var function = Function(_store, _queue, answer: () => answer);
        var tried = await _store.KeepAsync(Now, "crm");
        await function.DeliverAsync($"{tried.Id}", TestContext.Current.CancellationToken);
        answer = new DeliveryOutcome.Retry(503, "down");
        for (var failure = 2; failure <= CircuitBreaker.FailuresInARow; failure++)
        {
            await function.DeliverAsync($"{(await _store.KeepAsync(Now, "crm")).Id}", TestContext.Current.CancellationToken);
        }

        var other = await _store.KeepAsync(Now, "crm");
        await function.DeliverAsync($"{other.Id}", TestContext.Current.CancellationToken);
        Assert.DoesNotContain((other.Id, "crm"), _sent);

        Time.Advance(TimeSpan.FromSeconds(3));
        _sent.Clear();
        answer = new DeliveryOutcome.Delivered(null);
        await function.DeliverAsync($"{other.Id}", TestContext.Current.CancellationToken);
        Assert.Equal([(tried.Id, "crm")], _sent);
        await function.DeliverAsync($"{other.Id}", TestContext.Current.CancellationToken);

        Assert.Equal([(tried.Id, "crm"), (other.Id, "crm")], _sent);
    }

    [Fact]
    public async Task Told_to_stop_it_begins_nothing_more_and_what_is_under_way_ends()
    {
        using var release = new SemaphoreSlim(0);
        var function = Function(_store, _queue, (_, _) => release.WaitAsync(), share: 2);
        var (first, second) = (await _store.KeepAsync(Now, "crm"), await _store.KeepAsync(Now, "crm"));
        var underWay = function.DeliverAsync($"{first.Id}", CancellationToken.None);
        await Eventually.TrueAsync(() => _sent.Count == 1, "the first is under way");

        var stopped = function.StopAsync(CancellationToken.None);
        await function.DeliverAsync($"{second.Id}", CancellationToken.None);
        Assert.Equal((1, false), (_sent.Count, stopped.IsCompleted));
        release.Release();
        await stopped;
        await underWay;

        Assert.Equal(["delivered"], Outcomes(first));
        Assert.Empty(Outcomes(second));
        _sent.Clear();
        // What was put back is rung for the next program.
        _trigger.Start(Function(_store, _queue));
        await Eventually.TrueAsync(() => _sent.Contains((second.Id, "crm")), "the next program has delivered it");
    }

    [Fact]
    public async Task A_retry_is_rung_when_it_is_due()
    {
        var failed = false;
        _trigger.Start(Function(_store, _queue, answer: () => failed ? new DeliveryOutcome.Delivered(null) : Fail()));

        var lead = await _store.KeepAsync(Now, "crm");

        await Eventually.TrueAsync(() => Outcomes(lead).SequenceEqual(["retry", "delivered"]), "it is delivered at the second attempt");

        DeliveryOutcome.Retry Fail()
        {
            failed = true;
            return new DeliveryOutcome.Retry(503, "later");
        }
    }

    [Fact]
    public async Task What_is_resubmitted_is_rung()
    {
        var lead = await _store.KeepAsync(Now, "crm");
        await _store.DeadLetterAsync(await _store.TakeOneAsync(Now), Now);
        await _trigger.DeleteAllAsync();
        _trigger.Start(Function(_store, _queue));

        await _store.ResubmitAsync(lead.Id, null, evenDelivered: false, "anna", Now);

        await Eventually.TrueAsync(() => Outcomes(lead).SequenceEqual(["rejected", "delivered"]), "it is delivered");
    }

    [Fact]
    public async Task Events_of_one_appointment_that_are_rung_together_come_in_their_order()
    {
        var row = new LeadId(Guid.NewGuid());
        var leads = Enumerable.Range(1, 4).Select(order => Posted.Lead($$"""{"OfferTitle":"{{order}}"}""", Now) with { Event = AppointmentEvents.Updated, SharedRow = new SharedRow(row, EventOrder.FromStored(order)) }).ToArray();
        foreach (var lead in leads)
        {
            await _store.AcceptAsync(lead, StoreCalls.Print($"{lead.Id}"), null, ["crm"]);
        }

        _trigger.Start(Function(_store, _queue));

        await Eventually.TrueAsync(() => leads.All(lead => Outcomes(lead).SequenceEqual(["delivered"])), "all are delivered");
        // Those that a newer one overtook are not sent.
        Assert.Equal(_sent.Select(sent => Array.FindIndex(leads, lead => lead.Id == sent.Lead)).Order(), _sent.Select(sent => Array.FindIndex(leads, lead => lead.Id == sent.Lead)));
    }

    [Fact]
    public async Task A_message_that_comes_too_early_by_the_clock_of_who_reads_it_is_rung_once_more()
    {
        var function = Function(_store, _queue);
        var lead = await _store.KeepAsync(Now + TimeSpan.FromSeconds(3), "crm");
        await _trigger.DeleteAllAsync();

        await function.DeliverAsync($"{lead.Id}", TestContext.Current.CancellationToken);
        Assert.Empty(_sent);
        _trigger.Start(function);

        await Eventually.TrueAsync(() => _sent.Contains((lead.Id, "crm")), "it is delivered when it is due");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an id")]
    [InlineData("{\"leadId\":1}")]
    [InlineData("0199f0b2-7a80-7507-bf58-025564795708")]
    public async Task A_message_that_says_nothing_or_names_nobody_is_ignored(string message)
    {
        await Function(_store, _queue).DeliverAsync(message, TestContext.Current.CancellationToken);

        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_queue_that_is_away_keeps_no_lead_from_being_accepted()
    {
        var account = SharedAzurite.Account(_azurite.ConnectionString(queues: new Uri("http://127.0.0.1:9/devstoreaccount1")));
        using var away = new DeliveryQueueSender(account, TimeProvider.System, NullLogger.Instance, _name);
        using var store = await AzureLeadStore.OpenAsync(account, _table, new DueSignal(), away);

        var lead = await store.KeepAsync(Now, "crm");
        Time = new ManualTime();
        Time.Advance(TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(2) - Time.GetUtcNow());
        await Function(_store, _queue).CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.Equal([(lead.Id, "crm")], _sent);
    }

    [Fact]
    public async Task A_lead_with_two_destinations_takes_seven_transactions_and_three_of_the_queue()
    {
        await using var tables = await StorageProxy.StartAsync(_azurite.Tables);
        await using var queues = await StorageProxy.StartAsync(_azurite.Queues);
        var account = SharedAzurite.Account(_azurite.ConnectionString(tables.Service, queues.Service));
        using var queue = new DeliveryQueueSender(account, TimeProvider.System, NullLogger.Instance, _name);
        using var store = await AzureLeadStore.OpenAsync(account, _table, new DueSignal(), queue);
        var function = Function(store, queue);
        // The first at each destination after a start also looks whether trouble is noted there.
        await function.DeliverAsync($"{(await store.KeepAsync(Now, "crm", "mail")).Id}", TestContext.Current.CancellationToken);
        var (opened, rung, failures) = (tables.Requests.Count, queues.Requests.Count, tables.Failures);

        var lead = await store.KeepAsync(Now, "crm", "mail");
        await function.DeliverAsync($"{lead.Id}", TestContext.Current.CancellationToken);

        var requests = tables.Requests.Skip(opened).ToArray();
        // Accepted; read and claimed at both; at each read and recorded.
        Assert.Equal(7, requests.Length - (tables.Failures - failures));
        // Without what was sent: this destination doesn't tell.
        Assert.InRange(requests.Where(request => request.Method == "POST").Sum(request => Changes().Count(request.Body)), 18, 21);
        // Rung when it was accepted and for the end of the lease, and that one taken back.
        Assert.Equal(["POST", "POST", "DELETE"], queues.Requests.Skip(rung).Select(request => request.Method));
    }

    [GeneratedRegex("^(POST|PUT|PATCH|MERGE|DELETE) http", RegexOptions.Multiline)]
    private static partial Regex Changes();

    private string[] Outcomes(Lead lead) =>
        [.. _store.FindRunAsync(lead.Id).GetAwaiter().GetResult()!.Deliveries.SelectMany(delivery => delivery.Attempts.Select(attempt => attempt.Outcome))];

    private async Task<(AzureLeadStore Store, DeliveryQueueSender Queue)> OpenAsync()
    {
        var account = SharedAzurite.Account(_azurite.ConnectionString());
        var queue = new DeliveryQueueSender(account, TimeProvider.System, NullLogger.Instance, _name);
        var store = await AzureLeadStore.OpenAsync(account, _table, new DueSignal(), queue);
        _opened.AddRange([queue, store]);
        return (store, queue);
    }

    /// <summary>An instance of the function, with two destinations that the test speaks for.</summary>
    private QueueTriggeredDelivery Function(AzureLeadStore store, DeliveryQueueSender queue, Func<LeadId, string, Task>? hold = null, Func<DeliveryOutcome>? answer = null, int share = 8, TimeSpan? lease = null)
    {
        var options = new DeliveryOptions([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], share, lease ?? TimeSpan.FromSeconds(30), lease ?? TimeSpan.FromMinutes(2));
        ConfiguredDestination[] destinations = [.. new[] { "crm", "mail" }.Select(name => new ConfiguredDestination(
            DestinationKind.File,
            new DestinationRoute(name, [], [], new Dictionary<string, IReadOnlyList<string>>()) { KeepsRow = true },
            _ => new SpokenFor(name, async (lead, destination) =>
            {
                _sent.Enqueue((lead, destination));
                await (hold?.Invoke(lead, destination) ?? Task.CompletedTask);
                return answer?.Invoke() ?? new DeliveryOutcome.Delivered(null);
            })))];
        var time = Time ?? TimeProvider.System;
        return new QueueTriggeredDelivery(destinations, null!, store, queue, new DestinationTroubles(store, time), options, time, new Random(1), NullLogger<QueueTriggeredDelivery>.Instance);
    }

    private sealed class SpokenFor(string name, Func<LeadId, string, Task<DeliveryOutcome>> answer) : IDestination
    {
        public Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop) => answer(delivery.Lead.Id, name);

        public string Preview(LeadDelivery delivery) => delivery.Lead.Id.ToString();

        public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) => Task.FromResult<IReadOnlyList<CheckResult>>([]);
    }
}
