using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class AcceptedTests
{
    [Fact]
    public async Task The_answer_is_a_202_with_the_leads_id_and_where_its_run_is()
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync(Samples.Documented);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var leadId = JsonElement.Parse(text).GetProperty("leadId").GetGuid();
        Assert.Equal($$"""{"leadId":"{{leadId}}","status":"accepted","duplicate":false}""", text);
        Assert.Equal($"/api/runs/{leadId}", response.Headers.Location?.OriginalString);
        using var run = await app.Client.GetAsync(response.Headers.Location, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, run.StatusCode);
    }

    [Fact]
    public async Task What_is_stored_is_the_normal_form_with_the_time_of_arrival()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(time: time);

        var answer = await app.AcceptAsync("""{"userDetails":{"EMAIL":"a@contoso.com","phone":null},"description":" ","ProductId":"p"}""");

        var run = await app.Store.FindRunAsync(new LeadId(answer.LeadId));
        Assert.NotNull(run);
        Assert.Equal("""{"UserDetails":{"Email":"a@contoso.com"},"ProductId":"p"}""", Encoding.UTF8.GetString(run.Lead.Content.Utf8));
        Assert.Equal((Sources.Marketplace, null, time.GetUtcNow()), (run.Lead.Source, run.Lead.Event, run.Lead.ReceivedAt));
        Assert.Equal(["crm", "mail"], run.Deliveries.Select(delivery => delivery.Destination).Order());
    }

    [Theory]
    [MemberData(nameof(Samples.Leads), MemberType = typeof(Samples))]
    public async Task Every_sample_is_accepted(string file)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.False((await app.AcceptAsync(Samples.Read(file))).Duplicate);
    }

    [Fact]
    public async Task A_lead_that_no_destination_takes_is_still_a_lead()
    {
        await using var app = await LeadApp.StartAsync([("Destinations:crm:Kind", "File"), ("Destinations:crm:When:ActionCode", "PLT")]);

        var answer = await app.AcceptAsync("""{"ActionCode":"INS"}""");

        Assert.Empty((await app.Store.FindRunAsync(new LeadId(answer.LeadId)))!.Deliveries);
    }

    [Fact]
    public async Task A_byte_order_mark_utf_16_and_broken_letters_cost_no_lead()
    {
        await using var app = await LeadApp.StartAsync();
        byte[][] bodies =
        [
            [.. Encoding.UTF8.Preamble, .. "{\"Description\":\"é\"}"u8],
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{\"Description\":\"é\"}")],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("{\"Description\":\"é\"}")],
        ];

        foreach (var body in bodies)
        {
            using var response = await app.PostAsync(new ByteArrayContent(body));
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        var broken = await app.AcceptAsync("""{"Description":"half \ud83d of a pair"}""");
        Assert.Equal("half \uFFFD of a pair", (await app.Store.FindRunAsync(new LeadId(broken.LeadId)))!.Lead.Content.Text("Description"));
    }

    [Fact]
    public async Task A_chunked_body_is_a_lead_too()
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new StringContent(Samples.Documented) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }
}
