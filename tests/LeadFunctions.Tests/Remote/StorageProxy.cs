using System.Net.Http.Headers;

namespace LeadFunctions.Tests.Remote;

/// <summary>Stands before Azurite, so that answers can get lost on their way.</summary>
internal sealed class StorageProxy : LoopbackServer
{
    private static readonly string[] Passed = ["x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey"];

    private readonly HttpClient _http = new();
    private readonly Uri _behind;

    private StorageProxy(Uri behind) => _behind = behind;

    public static async Task<StorageProxy> StartAsync(Azurite azurite)
    {
        var proxy = new StorageProxy(azurite.Tables);
        await proxy.StartServerAsync();
        return proxy;
    }

    /// <summary>The table service's address, by way of here.</summary>
    public Uri Tables => new(Url, _behind.AbsolutePath);

    protected override Reply Handle(RecordedRequest request)
    {
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_behind, request.PathAndQuery));
        if (request.Content.Length > 0)
        {
            forwarded.Content = new ReadOnlyMemoryContent(request.Content);
            forwarded.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.Headers["Content-Type"]);
        }

        foreach (var (name, value) in request.Headers.Where(header => header.Key is not ("Host" or "Content-Type" or "Content-Length" or "Transfer-Encoding")))
        {
            forwarded.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = _http.Send(forwarded);
        using var body = new StreamReader(response.Content.ReadAsStream());
        return new Reply(
            (int)response.StatusCode,
            body.ReadToEnd(),
            response.Content.Headers.ContentType?.ToString() ?? "application/json",
            [.. Passed.Where(response.Headers.Contains).Select(name => (name, response.Headers.GetValues(name).First()))]);
    }
}
