using System.Text.Json.Nodes;
using LeadFunctions.Appointments.Model;
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
                .. AppointmentEvents.All.SelectMany(happening => Mail(happening, mail)),
            ],
            time));
    }

    public JsonObject Row(string lastName) => Assert.Single(Crm.Rows.Values, row => row["lastname"]?.GetValue<string>() == lastName);

    public static string State(JsonObject row) => row["subject"]!.GetValue<string>().Split(['(', ')'])[^2];

    /// <summary>Posts, and waits until everything that follows has been done.</summary>
    public async Task<AppointmentAnswer> PostAsync(string happening, string body)
    {
        var answer = await App.BookAsync(happening, body);
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

    private static (string Key, string Value)[] Mail(string happening, FakeSendGrid mail) =>
    [
        ($"Destinations:{happening}:Kind", "SendGrid"), ($"Destinations:{happening}:Host", mail.Url.ToString()), ($"Destinations:{happening}:ApiKey", Key),
        ($"Destinations:{happening}:From", "bookings@contoso.example"), ($"Destinations:{happening}:To", "{{UserDetails.Email}}"),
        ($"Destinations:{happening}:Sources", "bookings"), ($"Destinations:{happening}:Events", happening),
        ($"Destinations:{happening}:Subject", $$$"""{{{happening}}} {{Appointment.ServiceName}}"""), ($"Destinations:{happening}:Text", "{{UserDetails.FirstName}}: {{Appointment.Start}}"),
    ];
}
