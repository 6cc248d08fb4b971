using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Telemetry.Alerts;

/// <summary>The program with a CRM and a SendGrid account, by which it also mails alerts to those who look after it. The test says when it looks.</summary>
internal sealed class AlertScene : IAsyncDisposable
{
    public const string Operator = "ops@contoso.example";

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string, string)> _settings;
    private LeadApp? _app;

    private AlertScene(FakeDataverse crm, FakeSendGrid sendGrid, IEnumerable<(string, string)> more)
    {
        (Crm, SendGrid) = (crm, sendGrid);
        _settings =
        [
            ("Destinations:crm:Kind", "Dataverse"),
            ("Destinations:crm:Url", crm.Url.ToString()),
            ("Destinations:crm:Auth", "None"),
            ("Destinations:mail:Kind", "SendGrid"),
            ("Destinations:mail:Host", sendGrid.Url.ToString()),
            ("Destinations:mail:ApiKey", "SG.a-key-for-alerts"),
            ("Destinations:mail:From", "leads@contoso.example"),
            ("Destinations:mail:To", "sales@contoso.example"),
            ("Destinations:mail:Sources", "bookings"),
            ("Delivery:RetrySchedule", string.Join(',', Enumerable.Repeat("00:01:00", 100))),
            // No attempt ends because the test lets minutes pass at once.
            ("Delivery:AttemptTimeout", "00:29:00"),
            ("Delivery:LeaseDuration", "00:59:00"),
            ("Alerts:Mail:To", Operator),
            ("Alerts:PublicUrl", "https://leads.contoso.example"),
            // The scene's own looks are the only ones.
            ("Alerts:Every", "1.00:00:00"),
            ("Alerts:RepeatAfter", "02:00:00"),
            .. more,
        ];
    }

    public FakeDataverse Crm { get; }

    public FakeSendGrid SendGrid { get; }

    public ManualTime Time { get; } = new();

    public LeadApp App => _app!;

    public string StorePath => _folder.File("leads.db");

    /// <summary>The alerts that were mailed.</summary>
    public IReadOnlyList<SentMail> Mails => [.. SendGrid.Mails.Where(mail => mail.To.Contains(Operator))];

    public IEnumerable<string?> Subjects => Mails.Select(mail => mail.Subject);

    public static async Task<AlertScene> SetAsync(params IEnumerable<(string Key, string Value)> more)
    {
        var scene = new AlertScene(await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync("SG.a-key-for-alerts"), more);
        await scene.RestartAsync();
        return scene;
    }

    public async Task RestartAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _app = await LeadApp.StartAsync(_settings, Time, _folder);
    }

    /// <summary>Time passes by the minute, and after each the program looks.</summary>
    public async Task LookAsync(int minutes = 1)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await App.App.Services.GetRequiredService<AlertService>().RunOnceAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Posts a lead and waits until it has arrived.</summary>
    public async Task DeliverAsync(string body)
    {
        var lead = (await App.AcceptAsync(body)).LeadId;
        await App.WaitForStatusAsync(lead, "delivered");
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Crm.DisposeAsync();
        await SendGrid.DisposeAsync();
        _folder.Dispose();
    }
}
