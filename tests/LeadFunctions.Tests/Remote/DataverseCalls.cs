using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>Right calls to a <see cref="FakeDataverse"/>, for tests that make one thing about them wrong.</summary>
internal sealed class DataverseCalls(FakeDataverse dataverse) : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => Http.Dispose();

    public HttpRequestMessage Request(HttpMethod method, string resource, string? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(dataverse.Url, FakeDataverse.BasePath + resource));
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("OData-Version", "4.0");
        request.Headers.Add("OData-MaxVersion", "4.0");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    public async Task<(HttpStatusCode Status, JsonObject? Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await Http.SendAsync(request, Token);
        var body = await answer.Content.ReadAsStringAsync(Token);
        return (answer.StatusCode, body.Length == 0 ? null : JsonNode.Parse(body)!.AsObject());
    }

    public async Task<HttpStatusCode> WhoAmIAsync(string? token)
    {
        using var request = Request(HttpMethod.Get, "WhoAmI");
        if (token is not null)
        {
            request.Headers.Add("Authorization", $"Bearer {token}");
        }

        return (await SendAsync(request)).Status;
    }

    public async Task<(HttpStatusCode Status, string? Code, string? Message)> CreateAsync(string body)
    {
        var (status, answer) = await SendAsync(Request(HttpMethod.Post, "leads", body));
        return (status, answer?["error"]?["code"]?.GetValue<string>(), answer?["error"]?["message"]?.GetValue<string>());
    }

    /// <param name="condition">"If-Match" or "If-None-Match", sent with "*".</param>
    public async Task<(HttpStatusCode Status, string? Code)> PatchAsync(Guid id, string body, string? condition = null)
    {
        using var request = Request(HttpMethod.Patch, $"leads({id})", body);
        if (condition is not null)
        {
            request.Headers.TryAddWithoutValidation(condition, "*");
        }

        var (status, answer) = await SendAsync(request);
        return (status, answer?["error"]?["code"]?.GetValue<string>());
    }
}
