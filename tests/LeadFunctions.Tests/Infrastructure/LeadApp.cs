using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The real program in this process: its own server on a loopback port, its own store in a temporary folder.</summary>
internal sealed class LeadApp : IAsyncDisposable
{
    private readonly TemporaryFolder? _ownFolder;

    private LeadApp(WebApplication app, TemporaryFolder folder, bool owns)
    {
        App = app;
        Folder = folder;
        _ownFolder = owns ? folder : null;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (LocalKey is { } key)
        {
            Client.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    public WebApplication App { get; }

    public TemporaryFolder Folder { get; }

    public HttpClient Client { get; }

    /// <summary>The key of the run history that the program made for this machine; null where keys are set.</summary>
    public string? LocalKey => App.Services.GetRequiredService<RunOptions>() is { IsLocal: true, Keys: [var key] } ? key.Value : null;

    public ILeadStore Store => App.Services.GetRequiredService<ILeadStore>();

    /// <summary>Starts with these settings on top of a store in the folder and files as destinations.</summary>
    public static async Task<LeadApp> StartAsync(
        IEnumerable<(string Key, string Value)>? settings = null,
        TimeProvider? time = null,
        TemporaryFolder? folder = null,
        Action<WebApplicationBuilder>? change = null)
    {
        var used = folder ?? new TemporaryFolder();
        // Also as they are in a program's environment.
        var given = (settings ?? []).Select(setting => (Key: setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)).ToArray();
        var all = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0", ["Store:Path"] = used.File("leads.db"), ["Logging:LogLevel:Default"] = "None" };
        if (!given.Any(setting => setting.Key.StartsWith("Destinations:", StringComparison.Ordinal)))
        {
            all["Destinations:crm:Kind"] = "File";
            all["Destinations:crm:Path"] = used.File("crm.jsonl");
            all["Destinations:mail:Kind"] = "MailDrop";
            all["Destinations:mail:Path"] = used.File("mail");
        }

        foreach (var (key, value) in given)
        {
            all[key] = value;
        }

        var app = LeadFunctionsServer.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(all);
            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }

            change?.Invoke(builder);
        });
        if (all.ContainsKey(StartEnvironment.HostAddress))
        {
            // Composed as behind the host, which would listen in its place.
            app.Urls.Add("http://127.0.0.1:0");
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LeadApp(app, used, owns: folder is null);
    }

    public Task<HttpResponseMessage> PostAsync(string body, string? contentType = "application/json", string path = "/api/leads") =>
        PostAsync(new StringContent(body), contentType, path);

    public Task<HttpResponseMessage> PostAsync(HttpContent content, string? contentType = "application/json", string path = "/api/leads")
    {
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return Client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts a body that must be accepted.</summary>
    public async Task<LeadAnswer> AcceptAsync(string body)
    {
        using var response = await PostAsync(body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        using var json = JsonDocument.Parse(text);
        return new LeadAnswer(json.RootElement.GetProperty("leadId").GetGuid(), json.RootElement.GetProperty("duplicate").GetBoolean());
    }

    /// <summary>The run as JSON.</summary>
    public async Task<JsonElement> RunAsync(Guid leadId) =>
        JsonElement.Parse(await Client.GetStringAsync($"/api/runs/{leadId}", TestContext.Current.CancellationToken));

    /// <summary>Waits until a run is as a test expects it; fails after a while with the run as it is.</summary>
    public async Task<JsonElement> WaitForRunAsync(Guid leadId, Func<JsonElement, bool> expected)
    {
        JsonElement run = default;
        await Eventually.TrueAsync(async () => expected(run = await RunAsync(leadId)), () => $"the run is what was expected, and not {run}");
        return run;
    }

    public Task<JsonElement> WaitForStatusAsync(Guid leadId, string status) =>
        WaitForRunAsync(leadId, run => run.GetProperty("status").GetString() == status);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // Disposing alone doesn't wait for an attempt that is still writing into the folder.
        await App.StopAsync();
        await App.DisposeAsync();
        _ownFolder?.Dispose();
    }
}

/// <summary>What a 202 says.</summary>
internal readonly record struct LeadAnswer(Guid LeadId, bool Duplicate);
