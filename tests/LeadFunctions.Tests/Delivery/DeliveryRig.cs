using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Delivery;

/// <summary>The whole program between a caller, a CRM and a mail service, on a clock that the test moves.</summary>
internal sealed class DeliveryRig : IAsyncDisposable
{
    private const string Key = "SG.a-key-that-may-send";

    private readonly TemporaryFolder _folder = new();

    private DeliveryRig(FakeDataverse crm, FakeSendGrid mail)
    {
        Crm = crm;
        Mail = mail;
    }

    public ManualTime Time { get; } = new();

    public FakeDataverse Crm { get; }

    public FakeSendGrid Mail { get; }

    public LeadApp App { get; private set; } = null!;

    public static Task<DeliveryRig> StartAsync(params IEnumerable<(string Key, string Value)> settings) => StartAsync(_ => settings);

    /// <summary>Starts with settings that name the rig's servers.</summary>
    public static async Task<DeliveryRig> StartAsync(Func<DeliveryRig, IEnumerable<(string Key, string Value)>> settings)
    {
        var rig = new DeliveryRig(await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync(Key));
        await rig.StartAppAsync([.. rig.CrmSettings, .. rig.MailSettings, .. settings(rig)]);
        return rig;
    }

    public IReadOnlyList<(string Key, string Value)> CrmSettings =>
        [("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", Crm.Url.ToString()), ("Destinations:crm:Auth", "None")];

    public IReadOnlyList<(string Key, string Value)> MailSettings =>
    [
        ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:Host", Mail.Url.ToString()), ("Destinations:mail:ApiKey", Key),
        ("Destinations:mail:From", "leads@fabrikam.example"), ("Destinations:mail:To", "sales@fabrikam.example"),
    ];

    /// <summary>Stops the program and starts it again on the same store with these settings.</summary>
    public async Task RestartAsync(params IEnumerable<(string Key, string Value)> settings)
    {
        await App.App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
        await StartAppAsync(settings);
    }

    /// <summary>Posts a lead of its own.</summary>
    public async Task<Guid> PostAsync() => (await App.AcceptAsync($$$"""{"OfferTitle":"{{{Guid.NewGuid()}}}","UserDetails":{"LastName":"One"}}""")).LeadId;

    public Task<JsonElement> WaitForAttemptsAsync(Guid lead, string destination, int count) =>
        WaitForAsync(lead, destination, delivery => delivery.GetProperty("attempts").GetArrayLength() == count);

    public Task<JsonElement> WaitForStatusAsync(Guid lead, string destination, string status) =>
        WaitForAsync(lead, destination, delivery => delivery.GetProperty("status").GetString() == status);

    /// <summary>When the delivery is going to be tried again, after its first attempt.</summary>
    public async Task<DateTimeOffset> WaitForNextAttemptAsync(Guid lead, string destination) =>
        (await WaitForAttemptsAsync(lead, destination, 1)).GetProperty("nextAttemptAt").GetDateTimeOffset();

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Crm.DisposeAsync();
        await Mail.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonElement> WaitForAsync(Guid lead, string destination, Func<JsonElement, bool> expected) =>
        Of(await App.WaitForRunAsync(lead, run => expected(Of(run, destination))), destination);

    private static JsonElement Of(JsonElement run, string destination) =>
        run.GetProperty("deliveries").EnumerateArray().Single(delivery => delivery.GetProperty("destination").GetString() == destination);

    private async Task StartAppAsync(IEnumerable<(string Key, string Value)> settings) => App = await LeadApp.StartAsync(settings, Time, _folder);
}

internal static class RunAttempts
{
    public static string[] Outcomes(this JsonElement delivery) =>
        [.. delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("outcome").GetString()!)];

    public static DateTimeOffset[] Starts(this JsonElement delivery) =>
        [.. delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("startedAt").GetDateTimeOffset())];
}
