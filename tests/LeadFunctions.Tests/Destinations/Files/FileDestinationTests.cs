using System.Text.Json;
using LeadFunctions.Destinations.Files;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Files;

public sealed class FileDestinationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("out/crm.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_sent_is_kept_as_its_preview_shows_it()
    {
        var destination = Open();
        var delivery = Shipping.Of(Posted.Lead(Samples.Documented));

        var outcome = await destination.SendAsync(delivery, Token);

        Assert.Equal(destination.Preview(delivery), outcome.Request);
        Assert.Contains("Some", outcome.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_lead_is_one_line_however_often_it_is_sent()
    {
        var destination = Open();
        var (first, second) = (Posted.Lead(Samples.Documented), Posted.Lead(Samples.Read("lead-contact-me.json")));

        foreach (var lead in new[] { first, second, first, second })
        {
            Assert.Equal(new DeliveryOutcome.Delivered(null, lead.Id.ToString()), await destination.SendAsync(lead, Token));
        }

        Assert.Equal([first.Id.Value, second.Id.Value], await IdsAsync());
    }

    [Fact]
    public async Task A_row_is_what_a_CRM_would_get()
    {
        var lead = Posted.Lead(Samples.Read("lead-contact-me.json"));

        await Open().SendAsync(lead, Token);

        var line = await File.ReadAllTextAsync(Path, Token);
        Assert.Equal(CrmRow.Of(lead).Text("description"), JsonElement.Parse(line).GetProperty("description").GetString());
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leads_of_one_subject_share_a_line_and_a_later_one_changes_the_columns_that_it_names()
    {
        var subject = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1));
        var (first, other) = (Posted.Lead(Samples.Documented) with { SharedRow = subject }, Posted.Lead(Samples.Read("lead-contact-me.json")));
        var second = Posted.Lead(("OfferTitle", "Another offer")) with { SharedRow = subject with { Order = EventOrder.FromStored(2) } };

        foreach (var (destination, lead) in new[] { (Open(), first), (Open(), other), (Open(), second), (Open(), other) })
        {
            Assert.Equal(new DeliveryOutcome.Delivered(null, lead.RowId.ToString()), await destination.SendAsync(lead, Token));
        }

        Assert.Equal([subject.RowId.Value, other.Id.Value], await IdsAsync());
        var row = JsonElement.Parse((await File.ReadAllLinesAsync(Path, Token))[0]);
        Assert.Equal(("Another offer", first.Content.Text("UserDetails", "Email")), (row.GetProperty("subject").GetString(), row.GetProperty("emailaddress1").GetString()));
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public async Task Leads_sent_at_the_same_moment_have_a_whole_line_each()
    {
        var destination = Open();
        var leads = Enumerable.Range(0, 30).Select(number => Posted.Lead(("OfferTitle", $"Offer {number}"))).ToArray();

        await Task.WhenAll(leads.Concat(leads).Select(lead => Task.Run(() => destination.SendAsync(lead, Token))));

        Assert.Equal(leads.Select(lead => lead.Id.Value).Order(), (await IdsAsync()).Order());
    }

    [Fact]
    public async Task After_a_restart_the_file_still_has_each_lead_once()
    {
        var (first, second) = (Posted.Lead(Samples.Documented), Posted.Lead(Samples.Read("lead-contact-me.json")));
        await Open().SendAsync(first, Token);

        var reopened = Open();
        await reopened.SendAsync(first, Token);
        await reopened.SendAsync(second, Token);

        Assert.Equal([first.Id.Value, second.Id.Value], await IdsAsync());
    }

    [Fact]
    public async Task Half_a_line_of_a_killed_program_is_taken_off()
    {
        var (first, second) = (Posted.Lead(Samples.Documented), Posted.Lead(Samples.Read("lead-contact-me.json")));
        var destination = Open();
        await destination.SendAsync(first, Token);
        await File.AppendAllTextAsync(Path, $$"""{"leadid":"{{second.Id}}","subject":"Conto""", Token);

        await destination.SendAsync(second, Token);

        Assert.Equal([first.Id.Value, second.Id.Value], await IdsAsync());
    }

    [Fact]
    public async Task A_whole_row_that_lacks_only_its_line_end_is_neither_lost_nor_written_twice()
    {
        var (first, second) = (Posted.Lead(Samples.Documented), Posted.Lead(Samples.Read("lead-contact-me.json")));
        await Open().SendAsync(first, Token);
        await File.WriteAllTextAsync(Path, (await File.ReadAllTextAsync(Path, Token)).TrimEnd('\n'), Token);

        var reopened = Open();
        await reopened.SendAsync(first, Token);
        await reopened.SendAsync(second, Token);

        Assert.Equal([first.Id.Value, second.Id.Value], await IdsAsync());
    }

    [Fact]
    public async Task A_file_that_was_taken_away_is_begun_anew()
    {
        var lead = Posted.Lead(Samples.Documented);
        var destination = Open();
        await destination.SendAsync(lead, Token);
        File.Delete(Path);

        await destination.SendAsync(lead, Token);

        Assert.Equal([lead.Id.Value], await IdsAsync());
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_tried_again_later()
    {
        var lead = Posted.Lead(Samples.Documented);
        var destination = Open();
        Directory.CreateDirectory(Path);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await destination.SendAsync(lead, Token));

        Assert.Contains(Path, retry.Error, StringComparison.Ordinal);
        Directory.Delete(Path);
        Assert.IsType<DeliveryOutcome.Delivered>(await destination.SendAsync(lead, Token));
        Assert.Equal([lead.Id.Value], await IdsAsync());
    }

    private FileDestination Open() => new(Path, CrmRow.Options());

    private async Task<Guid[]> IdsAsync() =>
        [.. (await File.ReadAllLinesAsync(Path, Token)).Select(line => JsonElement.Parse(line).GetProperty("leadid").GetGuid())];
}
