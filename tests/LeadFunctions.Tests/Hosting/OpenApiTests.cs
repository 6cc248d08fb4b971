using System.Net.Http.Json;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Runs;
using LeadFunctions.Tests.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema;

namespace LeadFunctions.Tests.Hosting;

/// <summary>Holds the endpoints to the document that describes them.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private const string NoLead = "0193f0a0-0000-7000-8000-000000000000";

    private LeadApp _app = null!;
    private JsonElement _document;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await LeadApp.StartAsync();
        _document = await _app.Client.GetFromJsonAsync<JsonElement>("/api/openapi.json", Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void Every_endpoint_is_described_and_nothing_else()
    {
        var mapped = _app.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            // What only the pages use: their files, the sign-in and the forms.
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        var described = _document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(described.Order(), mapped.Order());
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_and_says_what_a_path_parameter_is()
    {
        var operations = _document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, operation.Value)))
            .ToArray();

        Assert.Distinct(operations.Select(operation => operation.Value.GetProperty("operationId").GetString()));
        Assert.All(
            operations,
            operation =>
                Assert.Equal(
                    operation.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')),
                    Parameters(operation.Value)
                        .Where(parameter => parameter.GetProperty("in").GetString() == "path")
                        .Select(parameter => parameter.GetProperty("name").GetString())));
    }

    [Fact]
    public async Task Every_answer_is_one_that_the_document_describes()
    {
        var delivered = (await _app.AcceptAsync(Samples.Documented)).LeadId;
        await _app.AcceptAsync(Samples.Documented);
        await _app.WaitForStatusAsync(delivered, "delivered");
        var dead = await _app.KeepAsync("""{"OfferTitle":"Dead"}""", DateTimeOffset.UtcNow, "erp");
        await _app.Store.DeadLetterAsync(await _app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);

        await AssertAsync("POST", "/api/leads", 202, body: """{"OfferTitle":"Another"}""");
        var refused = (await AssertAsync("POST", "/api/leads", 400, body: """{"UserDetails":7}""")).GetProperty("refusedId").GetString()!;
        await AssertAsync("POST", "/api/appointments/{event}", 202, id: "created", body: Samples.Read("appointment-group.json"));
        await AssertAsync("POST", "/api/appointments/{event}", 400, id: "created", body: """{"Id":7}""");
        await AssertAsync("POST", "/api/appointments/{event}", 404, id: "canceled", body: "{}");
        await AssertAsync("GET", "/api/runs", 200);
        await AssertAsync("GET", "/api/runs", 200, "?status=refused");
        await AssertAsync("GET", "/api/runs", 400, "?take=0");
        await AssertAsync("GET", "/api/runs/{leadId}", 200, id: delivered.ToString());
        await AssertAsync("GET", "/api/runs/{leadId}", 404, id: NoLead);
        await AssertAsync("POST", "/api/runs/resend", 200, "?destination=crm&from=2026-01-01&dryRun=true");
        await AssertAsync("POST", "/api/runs/resend", 202, "?destination=crm&from=2036-01-01");
        await AssertAsync("POST", "/api/runs/resend", 400);
        await AssertAsync("POST", "/api/runs/{leadId}/resubmit", 202, id: delivered.ToString());
        await AssertAsync("POST", "/api/runs/{leadId}/resubmit", 400, "?delivered=true", delivered.ToString());
        await AssertAsync("POST", "/api/runs/{leadId}/resubmit", 404, id: NoLead);
        await AssertAsync("POST", "/api/runs/resubmit", 200, "?dryRun=true");
        await AssertAsync("POST", "/api/runs/{leadId}/discard", 200, id: dead.Id.ToString(), body: """{"reason":"no"}""");
        await AssertAsync("POST", "/api/runs/{leadId}/discard", 400, id: dead.Id.ToString(), body: "{}");
        await AssertAsync("POST", "/api/runs/resubmit", 202);
        await AssertAsync("POST", "/api/runs/resubmit", 400, "?status=delivered");
        await AssertAsync("POST", "/api/runs/erase", 200, body: """{"email":"someone@contoso.com"}""");
        await AssertAsync("POST", "/api/runs/erase", 400, body: "{}");
        await AssertAsync("GET", "/api/runs/{leadId}", 200, id: delivered.ToString());
        await AssertAsync("GET", "/api/runs/refused/{refusedId}", 200, id: refused);
        await AssertAsync("GET", "/api/runs/refused/{refusedId}", 404, id: NoLead);
        await AssertAsync("POST", "/api/runs/refused/{refusedId}/replay", 400, id: refused);
        await AssertAsync("POST", "/api/runs/refused/{refusedId}/replay", 404, id: NoLead);
        await AssertAsync("GET", "/api/health/live", 200);
        await AssertAsync("GET", "/api/health/ready", 200);
    }

    private static IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];

    private async Task<JsonElement> AssertAsync(
        string method,
        string path,
        int status,
        string query = "",
        string id = "",
        string? body = null)
    {
        var url =
            path.Replace("{leadId}", id, StringComparison.Ordinal)
                .Replace("{refusedId}", id, StringComparison.Ordinal)
                .Replace("{event}", id, StringComparison.Ordinal) + query;
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), url);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _app.Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode == status, $"{method} {url}: {(int)response.StatusCode} {text}");

        var operation = _document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());
        var described = operation.GetProperty("responses").GetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var schema = described.GetProperty("content").GetProperty(response.Content.Headers.ContentType!.MediaType!).GetProperty("schema");
        var faults = (await SchemaAsync(schema)).Validate(text);
        Assert.True(faults.Count == 0, $"{method} {url}: {string.Join("; ", faults)}\n{text}");
        Assert.All(
            query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries),
            pair => Assert.Contains(Parameters(operation), parameter => parameter.GetProperty("name").GetString() == pair.Split('=')[0]));
        return JsonElement.Parse(text);
    }

    /// <summary>One schema of the document with those that it refers to.</summary>
    private Task<JsonSchema> SchemaAsync(JsonElement schema)
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas").GetRawText();
        var text = $$"""{"allOf":[{{schema.GetRawText()}}],"definitions":{{schemas}}}""";
        return JsonSchema.FromJsonAsync(text.Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal), Token);
    }
}
