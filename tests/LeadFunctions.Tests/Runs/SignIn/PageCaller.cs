using System.Net;
using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs.SignIn;

/// <summary>Asks as a browser does, and sees what a browser hides: statuses, headers, cookies, the fields of forms.</summary>
internal sealed partial class PageCaller : IDisposable
{
    private readonly HttpClient _client;
    private string? _localKey;

    /// <param name="enter">Comes by the link that the program prints at its start where no keys are set.</param>
    public PageCaller(LeadApp app, bool enter = true)
        : this(app.Client.BaseAddress!) => _localKey = enter ? app.LocalKey : null;

    public PageCaller(Uri address)
    {
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = true,
                CookieContainer = Cookies,
            })
        {
            BaseAddress = address,
        };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    }

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> GetAsync(string path = "/api/runs", params IEnumerable<(string Name, string Value)> headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> PostAsync(
        string path,
        IEnumerable<(string Name, string Value)> fields,
        params IEnumerable<(string Name, string Value)> headers) =>
        SendAsync(
            HttpMethod.Post,
            path,
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            headers);

    public Task<HttpResponseMessage> SignInAsync(string key, params IEnumerable<(string Name, string Value)> headers) =>
        PostAsync("/api/runs/sign-in", [("key", key)], headers);

    /// <summary>The token in the forms of a page.</summary>
    public async Task<string> TokenAsync(string path)
    {
        using var response = await GetAsync(path);
        return Token().Match(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Groups[1].Value;
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        IEnumerable<(string Name, string Value)> headers)
    {
        if (Interlocked.Exchange(ref _localKey, null) is { } key)
        {
            using var entered = await _client.GetAsync($"/api/runs?code={key}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        }

        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("name=\"token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
