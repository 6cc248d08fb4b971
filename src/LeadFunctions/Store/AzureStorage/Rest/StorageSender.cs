namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>
/// Sends requests to a storage account through one pool of connections, and again where that may help: no connection, no answer in time,
/// 408, 429 and 5xx; all of it within 12 seconds, the wait for a turn too. Throws <see cref="StoreUnavailableException"/> naming the account and the operation, never a key, an address with
/// its query, or what an entity holds.
/// </summary>
internal sealed class StorageSender(StorageAccount account, TimeSpan? mostForOne = null, TimeSpan? mostForAll = null) : IDisposable
{
    private const int MostAtOnce = 128;
    private const string Version = "2020-12-06";

    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(1_600)];

    private readonly TimeSpan _mostForOne = mostForOne ?? TimeSpan.FromSeconds(10);

    // Who posts a lead waits for it.
    private readonly TimeSpan _mostForAll = mostForAll ?? TimeSpan.FromSeconds(12);
    private readonly CancellationTokenSource _closed = new();

    // So that each request's time counts from when the service has it, however many want something at once.
    private readonly SemaphoreSlim _slots = new(MostAtOnce);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <param name="path">Below the table service's address; begins with a slash.</param>
    public Uri Address(string path) => new(account.Tables.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>An answer that another try wouldn't change.</summary>
    /// <param name="operation">What an error calls it: "query".</param>
    /// <param name="make">Makes the request anew for each try.</param>
    public async Task<StorageAnswer> SendAsync(string operation, Func<HttpRequestMessage> make)
    {
        using var most = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        most.CancelAfter(_mostForAll);
        StorageAnswer? last = null;
        var mayHaveHappened = false;
        try
        {
            for (var tried = 0; ; tried++)
            {
                last = await TryInTurnAsync(make, most.Token);
                if (!last.IsPassing)
                {
                    return last with { MayHaveHappened = mayHaveHappened };
                }

                mayHaveHappened |= last.MayHaveHappened;
                if (tried == Waits.Length)
                {
                    throw Unavailable(operation, last.Words);
                }

                // A fifth more or less, so that those who failed together don't return together.
                await Task.Delay(Waits[tried] * (0.8 + (0.4 * Random.Shared.NextDouble())), most.Token);
            }
        }
        catch (Exception exception) when (_closed.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException)
        {
            throw new StoreUnavailableException("The store is closed: the program is stopping.");
        }
        catch (OperationCanceledException)
        {
            throw Unavailable(operation, last?.Words ?? $"no answer within {_mostForAll.TotalSeconds:0.#} seconds");
        }
    }

    public StoreUnavailableException Unavailable(string operation, string words) => new($"The storage account {account.Name} can't be used ({operation}): {words}.");

    // The token's source has nothing to free, and those who still wait look at it.
    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
    }

    private async Task<StorageAnswer> TryInTurnAsync(Func<HttpRequestMessage> make, CancellationToken most)
    {
        await _slots.WaitAsync(most);
        try
        {
            return await TryAsync(make, most);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<StorageAnswer> TryAsync(Func<HttpRequestMessage> make, CancellationToken most)
    {
        using var request = make();
        request.Headers.Add("x-ms-version", Version);
        request.Headers.Add("DataServiceVersion", "3.0");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(most);
        stop.CancelAfter(_mostForOne);
        try
        {
            await account.Key.SignAsync(request, stop.Token);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return await StorageAnswer.ReadAsync(response, stop.Token);
        }
        catch (OperationCanceledException) when (!most.IsCancellationRequested)
        {
            return StorageAnswer.None($"no answer within {_mostForOne.TotalSeconds:0.#} seconds", mayHaveHappened: true);
        }
        catch (HttpRequestException exception)
        {
            return StorageAnswer.None($"no answer ({exception.HttpRequestError})", exception.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError));
        }
        catch (IOException)
        {
            return StorageAnswer.None("the answer was cut off", mayHaveHappened: true);
        }
    }
}
