using System.Net.Http.Headers;

namespace LeadFunctions.Tests.Remote;

/// <summary>Stands before one of Azurite's services, so that answers can get lost on their way, and counts what they hold.</summary>
internal sealed class StorageProxy : LoopbackServer
{
    private readonly HttpClient _http = new();
    private readonly Uri _behind;
    private int _entities;
    private int _failures;

    private StorageProxy(Uri behind) => _behind = behind;

    /// <summary>How many entities were read so far.</summary>
    public int EntitiesRead => Volatile.Read(ref _entities);

    /// <summary>Answers so far that the service has failed. Azurite takes one transaction at a time, and fails another that overlaps.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <param name="service">One of Azurite's.</param>
    public static async Task<StorageProxy> StartAsync(Uri service)
    {
        var proxy = new StorageProxy(service);
        await proxy.StartServerAsync();
        return proxy;
    }

    /// <summary>The service's address, by way of here.</summary>
    public Uri Service => new(Url, _behind.AbsolutePath);

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
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var body = reader.ReadToEnd();
        if ((int)response.StatusCode >= 500)
        {
            Interlocked.Increment(ref _failures);
        }

        if (request.Method == "GET")
        {
            Interlocked.Add(ref _entities, body.Split("\"RowKey\":").Length - 1);
        }

        return new Reply(
            (int)response.StatusCode,
            body,
            response.Content.Headers.ContentType?.ToString() ?? "application/json",
            [.. response.Headers.Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, header.Value.First()))]);
    }
}
