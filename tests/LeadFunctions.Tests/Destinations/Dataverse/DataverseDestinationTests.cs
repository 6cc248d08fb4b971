using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

public sealed class DataverseDestinationTests : IAsyncLifetime
{
    private DataverseRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await DataverseRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task What_was_sent_is_kept_as_its_preview_shows_it()
    {
        var destination = _rig.Destination();
        var delivery = Shipping.Of(Posted.Lead(Samples.Documented));

        var outcome = await destination.SendAsync(delivery, Token);

        Assert.Equal(destination.Preview(delivery), outcome.Request);
        Assert.Contains("Some", outcome.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_has_the_leads_id_as_its_key()
    {
        var lead = Posted.Lead(Samples.Documented);

        Assert.Equal(new DeliveryOutcome.Delivered(204, lead.Id.ToString()), await _rig.Destination().SendAsync(lead, Token));

        var (id, row) = Assert.Single(_rig.Crm.Rows);
        Assert.Equal(lead.Id.Value, id);
        Assert.True(JsonNode.DeepEquals(CrmRow.Of(lead), row));
        Assert.Empty(_rig.Crm.MissingRequired);
    }

    [Fact]
    public async Task Leads_of_one_subject_share_a_row_and_a_later_one_changes_the_columns_that_it_names()
    {
        var destination = _rig.Destination();
        var subject = new SharedRow(new LeadId(Guid.NewGuid()), EventOrder.FromStored(1));
        var later = Posted.Lead(("OfferTitle", "Another offer")) with { SharedRow = subject with { Order = EventOrder.FromStored(2) } };

        await destination.SendAsync(Posted.Lead(Samples.Documented) with { SharedRow = subject }, Token);
        Assert.Equal(new DeliveryOutcome.Delivered(204, subject.RowId.ToString()), await destination.SendAsync(later, Token));

        var (id, row) = Assert.Single(_rig.Crm.Rows);
        Assert.Equal((subject.RowId.Value, "Another offer"), (id, row.Text("subject")));
        Assert.NotNull(row.Text("emailaddress1"));
        Assert.StartsWith($"PATCH {_rig.Crm.Url}api/data/v9.2/leads({id})", destination.Preview(Shipping.Of(later)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_found_out_at_the_next_attempt()
    {
        var (lead, destination) = (Posted.Lead(Samples.Documented), _rig.Destination());
        _rig.Crm.FailNext(Fault.ResetAfterHandling);

        var first = Assert.IsType<DeliveryOutcome.Retry>(await destination.SendAsync(lead, Token));
        var second = Assert.IsType<DeliveryOutcome.Delivered>(await destination.SendAsync(lead, Token));

        Assert.True(first.Unanswered);
        Assert.Equal((412, lead.Id.ToString()), (second.HttpStatus, second.RemoteId));
        Assert.Single(_rig.Crm.Rows);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_an_attempt_without_an_answer_and_is_not_repeated_by_itself()
    {
        _rig.Crm.FailNext(Fault.Reset);

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.True(retry.Unanswered);
        Assert.Null(retry.HttpStatus);
        Assert.Single(_rig.Crm.Requests);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var stranger = await FakeDataverse.StartAsync();
        _rig.Crm.FailNext(Fault.Redirect(stranger.Url.ToString()));

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Equal(307, retry.HttpStatus);
        Assert.Empty(stranger.Requests);
    }

    [Fact]
    public async Task An_endless_answer_is_read_no_further_than_it_explains()
    {
        _rig.Crm.FailNext(Fault.HugeBody(400, 10_000_000));
        var took = Stopwatch.StartNew();

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.InRange(reject.Error.Length, 1, 1_100);
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(5), $"It took {took.Elapsed}.");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_says_so()
    {
        var retry = await SendToAsync(new Uri("http://no-such-environment.invalid/"));

        Assert.False(retry.Unanswered);
        Assert.Contains("no-such-environment.invalid", retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_says_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var retry = await SendToAsync(new Uri($"http://127.0.0.1:{port}/"));

        Assert.False(retry.Unanswered);
        Assert.Contains($"127.0.0.1:{port} could not be reached", retry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_the_environment_finds_too_long_is_refused_in_its_words()
    {
        _rig.Crm.SetMaxLength("firstname", 2);

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await _rig.Destination().SendAsync(Posted.Lead(Samples.Documented), Token));

        Assert.Contains("0x80044331", reject.Error, StringComparison.Ordinal);
        Assert.Contains("'firstname'", reject.Error, StringComparison.Ordinal);
    }

    private async Task<DeliveryOutcome.Retry> SendToAsync(Uri url) =>
        Assert.IsType<DeliveryOutcome.Retry>(await _rig.Destination(url: url).SendAsync(Posted.Lead(Samples.Documented), Token));
}
