using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Destinations.Webhook;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Destinations;

public sealed class KeepsStateTests
{
    [Fact]
    public async Task A_route_knows_whether_its_destination_holds_rows()
    {
        using var folder = new TemporaryFolder();
        await using var app = await LeadApp.StartAsync(
        [
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", "http://127.0.0.1:9"), ("Destinations:crm:Auth", "None"),
            ("Destinations:file:Kind", "File"), ("Destinations:file:Path", folder.File("crm.jsonl")),
            ("Destinations:drop:Kind", "MailDrop"), ("Destinations:drop:Path", folder.File("mail")),
            ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:ApiKey", "SG.x"), ("Destinations:mail:From", "a@contoso.example"), ("Destinations:mail:To", "b@contoso.example"),
            .. Recipe.Read("slack-message").Settings,
        ]);
        using var remote = new RemoteClient();
        var services = new DestinationServices(remote, TimeProvider.System);

        var destinations = app.App.Services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>();

        Assert.Equal(Enum.GetValues<DestinationKind>(), destinations.Select(destination => destination.Kind).Distinct().Order());
        Assert.All(destinations, destination => Assert.Equal(destination.Make(services).KeepsState, destination.Route.KeepsState));
    }
}
