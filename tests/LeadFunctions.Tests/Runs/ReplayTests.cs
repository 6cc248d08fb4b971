using System.Net;
using System.Text.Json;
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
        var schema = _folder.File("schema.json");
        await File.WriteAllTextAsync(schema, """{"type":"object","properties":{"UserDetails":{"type":"string"}}}""", Token);
        await using var app = await LeadApp.StartAsync([("Intake:SchemaFile", schema)], folder: _folder);

        using var replayed = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");
        using var again = await app.PostAsync("", path: $"/api/runs/refused/{id}/replay");

        Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);
        Assert.Equal($"/api/runs/{id}", replayed.Headers.Location?.ToString());
        await ProblemAnswer.ReadAsync(again, HttpStatusCode.Conflict);
        var run = await app.WaitForStatusAsync(id, "delivered");
        Assert.Equal("replayed", run.GetProperty("acts")[0].GetProperty("kind").GetString());
        var refused = JsonElement.Parse(await app.Client.GetStringAsync($"/api/runs/refused/{id}", Token));
        Assert.Equal((Wrong, "open"), (refused.GetProperty("body").GetString(), refused.GetProperty("replayedBy").GetString()));
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

    private async Task<Guid> RefuseAsync()
    {
        await using var app = await LeadApp.StartAsync(folder: _folder);
        using var response = await app.PostAsync(Wrong);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Token)).GetProperty("refusedId").GetGuid();
    }
}
