using System.Globalization;
using LeadFunctions.Destinations;
using LeadFunctions.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeadFunctions.Tests.Delivery;

/// <summary>Lets hours pass over a running program: from one timer to the next, and not before it has done what the last one was for.</summary>
internal sealed class PassingTime : IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DeliveryRig _rig;

    /// <summary>Idle, each worker and, without a host before it, the retention wait for a time. With attempts under way there are more.</summary>
    private readonly int _leastTimers;
    private readonly SqliteConnection _store;
    private readonly SqliteCommand _inFlight;
    private readonly SqliteCommand _mailsInFlight;
    private readonly SqliteCommand _rowAttempts;
    private readonly SqliteCommand _overdue;
    private readonly SqliteParameter _since;

    public PassingTime(DeliveryRig rig)
    {
        _rig = rig;
        _leastTimers = rig.App.App.Services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>().Count
            + rig.App.App.Services.GetServices<IHostedService>().OfType<RetentionService>().Count();
        _store = new SqliteConnection($"Data Source={rig.App.Folder.File("leads.db")};Mode=ReadOnly;Pooling=False");
        _store.Open();
        _inFlight = _store.CreateCommand();
        _inFlight.CommandText = "SELECT count(*) FROM deliveries WHERE status = 'in_flight'";
        _mailsInFlight = _store.CreateCommand();
        _mailsInFlight.CommandText = $"{_inFlight.CommandText} AND destination = 'mail'";
        _rowAttempts = _store.CreateCommand();
        _rowAttempts.CommandText = "SELECT count(*) FROM attempts WHERE destination = 'crm'";
        _overdue = _store.CreateCommand();
        _overdue.CommandText = "SELECT count(*) FROM deliveries WHERE status = 'in_flight' AND claimed_at <= $since";
        _since = _overdue.Parameters.Add("$since", SqliteType.Integer);
    }

    /// <summary>Whether the CRM leaves attempts unanswered for as long as the test likes.</summary>
    public bool AnswersHang { get; set; }

    /// <summary>How many others wait for a time at the moment.</summary>
    public int MoreTimers { get; set; }

    /// <summary>Ends when the time has passed, or as soon as <paramref name="until"/> holds.</summary>
    public async Task PassAsync(TimeSpan time, Func<bool>? until = null)
    {
        var end = _rig.Time.GetUtcNow() + time;
        await SettleAsync(until);
        while (until?.Invoke() != true && _rig.Time.Next is { } next && next <= end)
        {
            _rig.Time.Advance(next > _rig.Time.GetUtcNow() ? next - _rig.Time.GetUtcNow() : TimeSpan.Zero);
            await SettleAsync(until);
        }

        if (until?.Invoke() != true)
        {
            _rig.Time.Advance(end - _rig.Time.GetUtcNow());
            await SettleAsync(until);
        }
    }

    public void Dispose()
    {
        _inFlight.Dispose();
        _mailsInFlight.Dispose();
        _rowAttempts.Dispose();
        _overdue.Dispose();
        _store.Dispose();
    }

    /// <summary>Every attempt that was begun has ended, or hangs as the test wants it.</summary>
    private async Task SettleAsync(Func<bool>? until)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!IsSettled() && until?.Invoke() != true)
        {
            Assert.True(DateTime.UtcNow < deadline, $"The program doesn't come to rest: {InFlight()} deliveries in flight, {_rig.Crm.InFlight} and {_rig.Mail.InFlight} at the destinations, {_rig.Time.Timers} timers.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// Mails are through. So are rows, or each attempt that the store has at the CRM has its request there: counted since the beginning,
    /// because the CRM notices later than the program that a request was broken off.
    /// </summary>
    private bool IsSettled()
    {
        var inFlight = InFlight();
        return (AnswersHang
                ? Number(_mailsInFlight) == 0 && _rig.Crm.Requests.Count == Number(_rowAttempts) + inFlight
                : inFlight == 0 && _rig.Crm.InFlight == 0)
            && _rig.Mail.InFlight == 0
            && _rig.Time.Timers >= _leastTimers + MoreTimers
            && inFlight == InFlight()
            && (!AnswersHang || Overdue() == 0);
    }

    /// <summary>Attempts whose time is over, and which are about to be recorded.</summary>
    private int Overdue()
    {
        _since.Value = (_rig.Time.GetUtcNow() - AttemptTimeout).ToUnixTimeMilliseconds();
        return Number(_overdue);
    }

    private int InFlight() => Number(_inFlight);

    private static int Number(SqliteCommand command) => Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
}
