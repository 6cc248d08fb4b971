using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Intake;

/// <summary>The program with one destination of each kind; the remote ones hold it to their contracts.</summary>
internal sealed class EveryDestination : IAsyncDisposable
{
    private const string Key = "SG.a-key-that-may-send";

    private readonly TemporaryFolder _folder = new();

    private EveryDestination(FakeDataverse crm, FakeSendGrid mail)
    {
        Crm = crm;
        Mail = mail;
    }

    public FakeDataverse Crm { get; }

    public FakeSendGrid Mail { get; }

    public LeadApp App { get; private set; } = null!;

    public static async Task<EveryDestination> StartAsync()
    {
        var all = new EveryDestination(await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync(Key));
        all.App = await LeadApp.StartAsync(
            [
                ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", all.Crm.Url.ToString()), ("Destinations:crm:Auth", "None"),
                ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:Host", all.Mail.Url.ToString()), ("Destinations:mail:ApiKey", Key),
                ("Destinations:mail:From", "leads@fabrikam.example"), ("Destinations:mail:To", "sales@fabrikam.example"),
                ("Destinations:file:Kind", "File"), ("Destinations:file:Path", all._folder.File("crm.jsonl")),
                ("Destinations:drop:Kind", "MailDrop"), ("Destinations:drop:Path", all._folder.File("mail")),
            ],
            folder: all._folder);
        return all;
    }

    /// <summary>Waits until nothing is under way.</summary>
    public Task SettleAsync() => Eventually.TrueAsync(async () => (await App.Store.CheckAsync(DateTimeOffset.UtcNow)).Unfinished.Count == 0, "everything is delivered or given up");

    /// <summary>Waits until nothing is under way, and finds each of these leads at all four without a fault of any contract.</summary>
    public async Task AssertArrivedAsync(IReadOnlyCollection<Guid> leads)
    {
        await SettleAsync();
        foreach (var lead in leads)
        {
            var run = (await App.Store.FindRunAsync(new LeadId(lead)))!;
            Assert.All(run.Deliveries, delivery => Assert.True(delivery.State.Status == DeliveryStatus.Delivered, $"{delivery.Destination}: {delivery.State.LastError}\n{Beginning(run.Lead)}"));
            Assert.All(run.Deliveries, delivery => Assert.Single(delivery.Attempts));
            Assert.True(_folder.Holds($"mail/{lead}.eml"));
        }

        var mailed = Mail.Mails.Select(mail => Guid.Parse(mail.CustomArgs["lead_id"])).ToArray();
        var lines = await File.ReadAllLinesAsync(_folder.File("crm.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(leads.Order(), Crm.Rows.Keys.Order());
        Assert.Equal(leads.Order(), mailed.Order());
        Assert.Equal(leads.Order(), lines.Select(line => JsonElement.Parse(line).GetProperty("leadid").GetGuid()).Order());
        Assert.Empty(Crm.MissingRequired);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Crm.DisposeAsync();
        await Mail.DisposeAsync();
        _folder.Dispose();
    }

    private static string Beginning(Lead lead) => System.Text.Encoding.UTF8.GetString(lead.Content.Utf8) is { Length: > 2_000 } text ? text[..2_000] : System.Text.Encoding.UTF8.GetString(lead.Content.Utf8);
}
