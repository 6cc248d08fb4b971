using System.Text.Json.Nodes;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.SendGrid;

public sealed class SendGridDestinationTests : IAsyncLifetime
{
    private const string Key = "SG.a-key-that-may-send";

    private readonly RemoteClient _remote = new();
    private FakeSendGrid _sendGrid = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sendGrid = await FakeSendGrid.StartAsync(Key, keyWithoutMailSend: "SG.another-key");

    public async ValueTask DisposeAsync()
    {
        _remote.Dispose();
        await _sendGrid.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Samples.Leads), MemberType = typeof(Samples))]
    public async Task Every_sample_is_sent_with_its_lead_id(string sample)
    {
        var lead = Posted.Lead(Samples.Read(sample));

        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await Destination().SendAsync(lead, Token));

        var mail = Assert.Single(_sendGrid.Mails);
        Assert.Equal((202, mail.MessageId), (delivered.HttpStatus, delivered.RemoteId));
        Assert.Equal(lead.Id.ToString(), mail.CustomArgs["lead_id"]);
    }

    [Fact]
    public async Task What_was_sent_is_kept_as_its_preview_shows_it()
    {
        var destination = Destination();
        var delivery = Shipping.Of(Posted.Lead(Samples.Documented));

        var outcome = await destination.SendAsync(delivery, Token);

        Assert.Equal(destination.Preview(delivery), outcome.Request);
        Assert.Contains("Some", outcome.Request, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, outcome.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everybody_gets_it_from_the_configured_sender()
    {
        await Destination(("FromName", "Fabrikam leads"), ("To", "a@example.com, b@example.com"), ("Cc", "c@example.com"), ("Bcc", "d@example.com")).SendAsync(Posted.Lead(Samples.Documented), Token);

        var mail = Assert.Single(_sendGrid.Mails);
        Assert.Equal(("leads@fabrikam.example", "Fabrikam leads"), (mail.From, mail.FromName));
        Assert.Equal(["a@example.com", "b@example.com"], mail.To);
        Assert.Equal(["c@example.com"], mail.Cc);
        Assert.Equal(["d@example.com"], mail.Bcc);
        Assert.Equal(("someone@contoso.com", "Some One"), (mail.ReplyTo, mail.ReplyToName));
    }

    [Fact]
    public async Task Categories_go_along_and_an_empty_list_does_not()
    {
        await Destination(("Categories", "leads, marketplace")).SendAsync(Posted.Lead(Samples.Documented), Token);
        await Destination().SendAsync(Posted.Lead(Samples.Documented), Token);

        var bodies = _sendGrid.Mails.Select(mail => mail.Json).ToList();
        Assert.Equal("""["leads","marketplace"]""", bodies[0]["categories"]!.ToJsonString());
        Assert.All(["categories", "mail_settings", "attachments", "headers"], name => Assert.False(bodies[1].ContainsKey(name), name));
        Assert.All(["cc", "bcc", "subject", "send_at"], name => Assert.False(bodies[1]["personalizations"]![0]!.AsObject().ContainsKey(name), name));
    }

    [Fact]
    public async Task What_is_shown_is_what_the_library_sends()
    {
        var outcome = await Destination(("Subject", "<Zoë> & \"Ünal\" 日本 {{OfferTitle}}")).SendAsync(Shipping.Of(Posted.Lead(Samples.Documented)), Token);

        var shown = outcome.Request!.Split("\n\n", 2);
        Assert.Equal($"POST {_sendGrid.Url}v3/mail/send", shown[0]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown[1]), JsonNode.Parse(Assert.Single(_sendGrid.Requests).Body)));
        Assert.Contains("日本", shown[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_library_tries_nothing_again_follows_nothing_and_tells_what_was_sent_without_an_answer()
    {
        await using var stranger = await FakeSendGrid.StartAsync(Key);
        _sendGrid.FailNext(Fault.Status(503), FakeSendGrid.RateLimited(DateTimeOffset.UtcNow.AddMinutes(1)), Fault.Redirect(stranger.Url.ToString()), Fault.Reset, Fault.HugeBody(500, 10_000_000));
        var destination = Destination();
        var outcomes = new List<DeliveryOutcome.Retry>();
        for (var number = 0; number < 5; number++)
        {
            outcomes.Add(Assert.IsType<DeliveryOutcome.Retry>(await destination.SendAsync(Posted.Lead(Samples.Documented), Token)));
        }

        Assert.Equal(5, _sendGrid.Requests.Count);
        Assert.Equal([503, 429, 307, null, 500], outcomes.Select(outcome => outcome.HttpStatus));
        Assert.Equal([false, false, false, true, false], outcomes.Select(outcome => outcome.Unanswered));
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Error.Length, 1, 1_100));
        Assert.Empty(stranger.Requests);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_no_unanswered_mail()
    {
        await _sendGrid.DisposeAsync();

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.False(retry.Unanswered);
        Assert.Contains("could not be reached", retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_whose_time_is_up_ends()
    {
        using var gate = _sendGrid.Hold();
        using var stop = new CancellationTokenSource();
        var sending = Destination().SendAsync(Posted.Lead(Samples.Documented), stop.Token);
        await _sendGrid.WaitForAsync(() => _sendGrid.InFlight == 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task The_sandbox_checks_and_sends_nothing()
    {
        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await Destination(("Sandbox", "true")).SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(200, delivered.HttpStatus);
        Assert.Empty(_sendGrid.Mails);
    }

    [Theory]
    [InlineData("SG.another-key", 403, "access forbidden")]
    [InlineData("SG.unknown", 401, "authorization grant is invalid")]
    public async Task A_key_that_may_not_send_is_tried_later_with_SendGrids_words_and_without_the_key(string key, int status, string words)
    {
        var retry = Assert.IsType<DeliveryOutcome.Retry>(await Destination(("ApiKey", key)).SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(status, retry.HttpStatus);
        Assert.Contains(words, retry.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_asks_for_the_keys_scopes_and_sends_no_mail()
    {
        var results = await Destination().CheckAsync([SampleLeads.Marketplace], Token);

        Assert.Equal(["API key may send mail", "templates", "sandbox mail from leads@fabrikam.example"], results.Select(result => result.What));
        Assert.All(results, result => Assert.True(result.Passed, $"{result}"));
        Assert.Equal(["GET /v3/scopes", "POST /v3/mail/send"], _sendGrid.Requests.Select(request => $"{request.Method} {request.Path}"));
        Assert.Empty(_sendGrid.Mails);
    }

    [Theory]
    [InlineData("SG.another-key", "mail.send")]
    [InlineData("SG.unknown", "authorization grant is invalid")]
    public async Task A_check_of_a_key_that_may_not_send_fails_and_says_what_to_do(string key, string words)
    {
        var failed = Assert.Single(await Destination(("ApiKey", key)).CheckAsync([SampleLeads.Marketplace], Token), result => !result.Passed);

        Assert.Contains(words, failed.Advice, StringComparison.Ordinal);
        Assert.Contains("Mail Send", failed.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain(key, failed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_says_what_SendGrid_finds_wrong_with_the_mail()
    {
        _sendGrid.FailNext(Fault.None, Fault.Status(400, """{"errors":[{"message":"The from address does not match a verified Sender Identity.","field":"from"}]}"""));

        Assert.Contains("verified Sender Identity", Assert.Single(await Destination().CheckAsync([SampleLeads.Marketplace], Token), result => !result.Passed).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_has_delivered_has_loaded_nothing_of_templates_tokens_XML_and_databases()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        string[] others = ["Handlebars", "System.Linq.Expressions", "Azure.Core", "Azure.Identity", "System.Private.Xml", "System.Data"];
        await using var dataverse = await FakeDataverse.StartAsync();
        using var folder = new TemporaryFolder();
        await using var program = await LeadProcess.StartAsync(
            folder,
            [
                ("Destinations__mail__Kind", "SendGrid"), ("Destinations__mail__Host", _sendGrid.Url.ToString()), ("Destinations__mail__ApiKey", Key),
                ("Destinations__mail__From", "leads@fabrikam.example"), ("Destinations__mail__To", "sales@fabrikam.example"),
                ("Destinations__crm__Kind", "Dataverse"), ("Destinations__crm__Url", dataverse.Url.ToString()), ("Destinations__crm__Auth", "None"),
            ]);

        using var answer = await program.PostAsync(Samples.Documented);
        await Eventually.TrueAsync(() => _sendGrid.Mails.Count == 1 && dataverse.Rows.Count == 1, "the lead is delivered");

        var loaded = await File.ReadAllTextAsync($"/proc/{program.Id}/maps", Token);
        Assert.Contains("SendGrid.dll", loaded, StringComparison.Ordinal);
        Assert.All(others, name => Assert.DoesNotContain(name, loaded, StringComparison.Ordinal));
    }

    private SendGridDestination Destination(params IEnumerable<(string Key, string Value)> settings)
    {
        (string Key, string Value)[] least = [("Host", _sendGrid.Url.ToString()), ("ApiKey", Key), ("From", "leads@fabrikam.example"), ("To", "sales@fabrikam.example")];
        var all = least.Concat(settings).GroupBy(setting => setting.Key).Select(same => ($"mail:{same.Key}", same.Last().Value));
        return new SendGridDestination(SettingsOf.Read(reader => SendGridOptions.Read(reader, "mail"), all), new DestinationServices(_remote, TimeProvider.System));
    }
}
