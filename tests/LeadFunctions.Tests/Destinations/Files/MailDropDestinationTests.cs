using LeadFunctions.Destinations.Files;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Files;

public sealed class MailDropDestinationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Mails => _folder.File("mail");

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
    public async Task Each_lead_is_one_file_however_often_it_is_sent()
    {
        var lead = Posted.Lead(Samples.Documented);
        var destination = Open();

        var outcomes = new[] { await destination.SendAsync(lead, Token), await destination.SendAsync(lead, Token) };

        Assert.All(outcomes, outcome => Assert.Equal(new DeliveryOutcome.Delivered(null, $"{lead.Id}.eml"), outcome));
        Assert.Equal([Path.Combine(Mails, $"{lead.Id}.eml")], Directory.EnumerateFileSystemEntries(Mails));
    }

    [Fact]
    public async Task A_mail_reads_like_a_mail()
    {
        var lead = Posted.Lead(Samples.Documented);

        await Open(("To", "Sales <sales@fabrikam.example>"), ("Cc", "boss@fabrikam.example"), ("From", "leads@fabrikam.example")).SendAsync(lead, Token);

        var lines = await File.ReadAllLinesAsync(Path.Combine(Mails, $"{lead.Id}.eml"), Token);
        Assert.Contains($"X-Lead-Id: {lead.Id}", lines);
        Assert.Contains("Subject: New lead: Test Microsoft - AzureMarketplace (INS)", lines);
        Assert.Contains(lines, line => line.StartsWith("To: ", StringComparison.Ordinal) && line.Contains("sales@fabrikam.example", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Cc: ", StringComparison.OrdinalIgnoreCase) && line.Contains("boss@fabrikam.example", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Reply-To: ", StringComparison.Ordinal) && line.Contains("someone@contoso.com", StringComparison.Ordinal));
        Assert.Contains("LastName: One", lines);
    }

    [Fact]
    public async Task Every_script_is_readable_in_the_file()
    {
        var lead = Posted.Lead(Samples.Read("lead-contact-me.json"));

        await Open().SendAsync(lead, Token);

        var lines = await File.ReadAllLinesAsync(Path.Combine(Mails, $"{lead.Id}.eml"), Token);
        Assert.Contains("FirstName: Zoë", lines);
        Assert.Contains(lines, line => line.Contains("call on Tuesday? \U0001F600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_attempt_replaces_what_a_killed_one_left()
    {
        var lead = Posted.Lead(Samples.Documented);
        Directory.CreateDirectory(Path.Combine(Mails, $".{lead.Id}"));
        await File.WriteAllTextAsync(Path.Combine(Mails, $".{lead.Id}", "half.eml"), "half", Token);

        Assert.IsType<DeliveryOutcome.Delivered>(await Open().SendAsync(lead, Token));

        Assert.Equal([Path.Combine(Mails, $"{lead.Id}.eml")], Directory.EnumerateFileSystemEntries(Mails));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_tried_again_later()
    {
        await File.WriteAllTextAsync(Mails, "in the way", Token);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await Open().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Contains(Mails, retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipient_that_is_none_is_refused()
    {
        Assert.IsType<DeliveryOutcome.Reject>(await Open(("To", "{{OfferTitle}}")).SendAsync(Posted.Lead(Samples.Documented), Token));
    }

    [Fact]
    public void Any_lead_becomes_a_file()
    {
        var destination = Open();
        FreeText.HoldsForLeads(properties =>
        {
            var outcome = destination.SendAsync(Posted.Lead(properties), CancellationToken.None).GetAwaiter().GetResult();

            Assert.IsType<DeliveryOutcome.Delivered>(outcome);
        });
    }

    private MailDropDestination Open(params IEnumerable<(string Key, string Value)> settings) => new(
        Mails,
        SettingsOf.Read(reader => MailOptions.Read(reader, "mail", "leads@example.invalid"), settings.Select(setting => ($"mail:{setting.Key}", setting.Value))),
        (_, _, _) => Task.FromResult<bool?>(true));
}
