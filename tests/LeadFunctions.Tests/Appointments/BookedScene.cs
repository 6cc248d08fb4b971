using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments;

/// <summary>The whole program between posts of appointments, a CRM, and mails to customers for each event.</summary>
internal sealed class BookedScene : IAsyncDisposable
{
    private const string Key = "SG.a-key-that-may-send";

    private readonly FakeSendGrid _mail;

    private BookedScene(FakeDataverse crm, FakeSendGrid mail, LeadApp app) => (Crm, _mail, App) = (crm, mail, app);

    public FakeDataverse Crm { get; }

    public LeadApp App { get; }

    /// <summary>The mails as "event address", in no order.</summary>
    public IEnumerable<string> Mails => _mail.Mails.Select(mail => $"{mail.Subject!.Split(' ')[0]} {Assert.Single(mail.To)}").Order(StringComparer.Ordinal);

    /// <summary>The rows as "name: state", in no order.</summary>
    public IEnumerable<string> Rows => Crm.Rows.Values.Select(row => $"{row["lastname"]}: {State(row)}").Order(StringComparer.Ordinal);

    public static async Task<BookedScene> StartAsync(TimeProvider? time = null)
    {
        var (crm, mail) = (await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync(Key));
        return new BookedScene(crm, mail, await LeadApp.StartAsync(
            [
                ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
                .. AppointmentEvents.All.SelectMany(eventName => Mail(eventName, mail)),
            ],
            time));
    }

    public JsonObject Row(string lastName) => Assert.Single(Crm.Rows.Values, row => row["lastname"]?.GetValue<string>() == lastName);

    public static string State(JsonObject row) => row["subject"]!.GetValue<string>().Split(['(', ')'])[^2];

    /// <summary>Posts, and waits until everything that follows has been done.</summary>
    public async Task<AppointmentAnswer> PostAsync(string eventName, string body)
    {
        var answer = await App.BookAsync(eventName, body);
        await SettledAsync();
        return answer;
    }

    public Task SettledAsync() =>
        Eventually.TrueAsync(async () => (await App.Store.CheckAsync(DateTimeOffset.UtcNow)).Unfinished.Values.Sum() == 0, "everything is delivered or a dead letter");

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Crm.DisposeAsync();
        await _mail.DisposeAsync();
    }

    private static (string Key, string Value)[] Mail(string eventName, FakeSendGrid mail) =>
    [
        ($"Destinations:{eventName}:Kind", "SendGrid"), ($"Destinations:{eventName}:Host", mail.Url.ToString()), ($"Destinations:{eventName}:ApiKey", Key),
        ($"Destinations:{eventName}:From", "bookings@contoso.example"), ($"Destinations:{eventName}:To", "{{UserDetails.Email}}"),
        ($"Destinations:{eventName}:Sources", "bookings"), ($"Destinations:{eventName}:Events", eventName),
        ($"Destinations:{eventName}:Subject", $$$"""{{{eventName}}} {{Appointment.ServiceName}}"""), ($"Destinations:{eventName}:Text", "{{UserDetails.FirstName}}: {{Appointment.Start}}"),
    ];
}
