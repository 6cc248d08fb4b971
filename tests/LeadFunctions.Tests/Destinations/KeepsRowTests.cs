using LeadFunctions.Destinations;
using LeadFunctions.Tests.Destinations.Webhook;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Destinations;

public sealed class KeepsRowTests
{
    [Fact]
    public async Task Of_every_kind_it_is_known_whether_it_keeps_a_row()
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

        var destinations = app.App.Services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>();

        Assert.Equal(Enum.GetValues<DestinationKind>(), destinations.Select(destination => destination.Kind).Distinct().Order());
        Assert.Equal(
            [DestinationKind.Dataverse, DestinationKind.File],
            destinations.Where(destination => destination.Route.KeepsRow).Select(destination => destination.Kind).Distinct().Order());
    }
}
