using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;

namespace LeadFunctions.Tests.Runs;

public sealed class ReplayTests : IDisposable
{
    private const string Wrong = """{"UserDetails":"Some One","OfferTitle":"Offer"}""";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_refused_body_is_taken_once_the_schema_allows_it()
    {
        var id = await RefuseAsync();
        await using var app = await LeadApp.StartAsync([("Intake:SchemaFile", await LenientSchemaAsync())], folder: _folder);

        using var replayed = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");
        using var again = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");

        Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);
        Assert.Equal($"/api/runs/{id}", replayed.Headers.Location?.ToString());
        await ProblemAnswer.ReadAsync(again, HttpStatusCode.Conflict);
        var run = await app.WaitForStatusAsync(id, "delivered");
        Assert.Equal("replayed", run.GetProperty("acts")[0].GetProperty("kind").GetString());
        var refused = JsonElement.Parse(await app.Client.GetStringAsync($"/api/runs/refused/{id}", Token));
        Assert.Equal((Wrong, "local"), (refused.GetProperty("body").GetString(), refused.GetProperty("replayedBy").GetString()));
    }

    [Fact]
    public async Task Of_two_refused_bodies_of_one_lead_one_is_delivered_and_the_other_repeats_it()
    {
        var (first, second) = (await RefuseAsync(), await RefuseAsync());
        await using var app = await LeadApp.StartAsync([("Intake:SchemaFile", await LenientSchemaAsync())], folder: _folder);
        using var replayed = await app.PostAsync("", path: $"/api/runs/refused/{first}/replay");
        await app.WaitForStatusAsync(first, "delivered");

        using var repeat = await app.PostAsync("", path: $"/api/runs/refused/{second}/replay");
        using var again = await app.PostAsync("", path: $"/api/runs/refused/{second}/replay");

        Assert.Equal((HttpStatusCode.Accepted, $"/api/runs/{first}"), (repeat.StatusCode, repeat.Headers.Location?.ToString()));
        Assert.Equal($$"""{"leadId":"{{first}}","status":"accepted","duplicate":true}""", await repeat.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains($"see /api/runs/{first}.", await again.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(_folder.File("crm.jsonl"), Token));
        Assert.Contains(
            $"{second}",
            (await app.RunAsync(first)).GetProperty("acts")[1].GetProperty("note").GetString(),
            StringComparison.Ordinal);
        var refused = JsonElement.Parse(await app.Client.GetStringAsync($"/api/runs/refused/{second}", Token));
        Assert.Equal((first, "local"), (refused.GetProperty("leadId").GetGuid(), refused.GetProperty("replayedBy").GetString()));
    }

    [Fact]
    public async Task An_appointment_that_was_taken_meanwhile_is_repeated_by_its_refused_body()
    {
        var body = Samples.Read("appointment-one-to-one.json");
        await using var app = await LeadApp.StartAsync(folder: _folder);
        var refused = new RefusedBody(
            LeadId.New(DateTimeOffset.UtcNow),
            Sources.Bookings,
            "created",
            DateTimeOffset.UtcNow,
            400,
            [],
            Encoding.UTF8.GetBytes(body));
        await app.Store.KeepRefusedAsync(refused);
        using var posted = await app.PostAsync(body, path: "/api/appointments/created");
        var lead = JsonElement.Parse(await posted.Content.ReadAsStringAsync(Token)).GetProperty("leadId").GetGuid();

        using var repeat = await app.PostAsync("", path: $"/api/runs/refused/{refused.Id}/replay");

        Assert.Equal($"/api/runs/{lead}", repeat.Headers.Location?.ToString());
        Assert.True(JsonElement.Parse(await repeat.Content.ReadAsStringAsync(Token)).GetProperty("duplicate").GetBoolean());
    }

    [Fact]
    public async Task What_is_still_wrong_is_still_refused_with_its_faults()
    {
        var id = await RefuseAsync();
        await using var app = await LeadApp.StartAsync(folder: _folder);

        using var response = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");

        var problem = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("/UserDetails", Assert.Single(problem.Errors).Path);
        Assert.Single((await app.ListAsync("?status=refused")).Items);
    }

    [Fact]
    public async Task What_was_never_refused_is_not_found()
    {
        await using var app = await LeadApp.StartAsync();

        using var replay = await app.PostAsync("", path: $"/api/runs/refused/{Guid.NewGuid()}/replay");
        using var show = await app.Client.GetAsync("/api/runs/refused/what", Token);

        await ProblemAnswer.ReadAsync(replay, HttpStatusCode.NotFound);
        await ProblemAnswer.ReadAsync(show, HttpStatusCode.NotFound);
    }

    private async Task<string> LenientSchemaAsync()
    {
        var schema = _folder.File("schema.json");
        await File.WriteAllTextAsync(schema, """{"type":"object","properties":{"UserDetails":{"type":"string"}}}""", Token);
        return schema;
    }

    private async Task<Guid> RefuseAsync()
    {
        await using var app = await LeadApp.StartAsync(folder: _folder);
        using var response = await app.PostAsync(Wrong);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Token)).GetProperty("refusedId").GetGuid();
    }
}
