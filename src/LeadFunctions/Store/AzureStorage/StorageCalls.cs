using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// Calls a storage account through its SDK. The SDK tries again where that may help: no connection, no answer in time, 408, 429 and 5xx;
/// all of it within one budget of time, the wait for a turn too. Throws <see cref="StoreUnavailableException"/> naming the account and the
/// operation, never a key, an address with its query, or what an entity holds.
/// </summary>
internal sealed class StorageCalls(string account, TimeSpan? mostForOne = null, TimeSpan? mostForAll = null) : IDisposable
{
    private const string CallKey = "LeadFunctions.StorageCall";
    private const int MostAtOnce = 128;

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

    /// <summary>Prepares the options of a client whose requests go through <see cref="RunAsync"/>.</summary>
    public T Options<T>(T options)
        where T : ClientOptions
    {
        options.Transport = new HttpClientTransport(_http);
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = _mostForOne;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.AddPolicy(new EachTry(_mostForOne), HttpPipelinePosition.PerRetry);
        return options;
    }

    /// <param name="operation">What an error calls it: "query".</param>
    /// <param name="send">Uses a client; an answer of the service that is an error and not expected is left as it is thrown.</param>
    public async Task<T> RunAsync<T>(string operation, Func<StorageCall, CancellationToken, Task<T>> send)
    {
        using var most = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        most.CancelAfter(_mostForAll);
        var call = new StorageCall(most.Token);
        try
        {
            await _slots.WaitAsync(most.Token);
            try
            {
                var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [CallKey] = call };
                using var scope = HttpPipeline.CreateHttpMessagePropertiesScope(properties);
                return await send(call, most.Token);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (NotTheServiceException exception)
        {
            throw Unavailable(
                operation,
                $"it answered {exception.Status} without being the storage service; is another server at its address?");
        }
        catch (AuthenticationFailedException exception)
        {
            throw new StoreUnavailableException(
                "There is no token for the storage account: the app's managed identity gave none. Turn the identity on, "
                + "or set Store:ClientId for a user-assigned one; on your own machine, sign in with az login.",
                exception);
        }
        catch (RequestFailedException exception) when (exception.Status > 0)
        {
            throw Unavailable(operation, Words(exception.Status, exception.ErrorCode));
        }
        catch (Exception exception) when (_closed.IsCancellationRequested
            && exception is OperationCanceledException or ObjectDisposedException)
        {
            throw new StoreUnavailableException("The store is closed: the program is stopping.");
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or AggregateException or RequestFailedException or IOException)
        {
            throw Unavailable(operation, call.LastWords ?? $"no answer within {_mostForAll.TotalSeconds:0.#} seconds");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException
            or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            // The SDK trusts that an answer which says that all is well is the service's.
            throw Unavailable(operation, "its answer can't be read");
        }
    }

    /// <summary>Says no more than status and code, because the service's own text may repeat what was sent.</summary>
    public StoreUnavailableException Unavailable(string operation, string words) =>
        new($"The storage account {account} can't be used ({operation}): {words}.");

    // The token's source has nothing to free, and those who still wait look at it.
    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
    }

    private static string Words(int status, string? code) => status switch
    {
        401 or 403 => $"it refuses the key or identity ({status} {code}); check Store:ConnectionString, or that the identity has "
            + "the roles Storage Table Data Contributor and Storage Queue Data Contributor",
        _ => $"it answered {status} {code}".TrimEnd(),
    };

    /// <summary>Takes note of what became of each try, and lets only the service's own answers pass.</summary>
    private sealed class EachTry(TimeSpan most) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("Storage is called asynchronously.");

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var call = message.TryGetProperty(CallKey, out var value) && value is StorageCall own
                ? own
                : new StorageCall(message.CancellationToken);
            try
            {
                await ProcessNextAsync(message, pipeline);
            }
            catch (Exception exception) when (exception is not AuthenticationFailedException)
            {
                call.NoResponse(exception, most);
                throw;
            }

            var status = message.Response.Status;
            if (status is < 500 and not (408 or 429) && !message.Response.Headers.Contains("x-ms-request-id"))
            {
                throw new NotTheServiceException(status);
            }

            call.Answered(status);
        }
    }

    private sealed class NotTheServiceException(int status) : Exception
    {
        public int Status => status;
    }
}

/// <summary>What became of the tries of one call.</summary>
/// <param name="end">When its time is over.</param>
internal sealed class StorageCall(CancellationToken end)
{
    /// <summary>What was asked for may have been done by a try whose answer never came.</summary>
    public bool MayHaveHappened { get; private set; }

    /// <summary>How the last try without an answer ended; null when there was none.</summary>
    public string? LastWords { get; private set; }

    public void Answered(int status)
    {
        MayHaveHappened |= status is 408 or >= 500;
        LastWords = status is 408 or 429 or >= 500 ? $"it answered {status}" : null;
    }

    public void NoResponse(Exception exception, TimeSpan most)
    {
        var failed = exception as HttpRequestException ?? exception.InnerException as HttpRequestException;
        MayHaveHappened |= failed?.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
        if (end.IsCancellationRequested)
        {
            // Cut off together with the call: what went before says more.
            return;
        }

        LastWords = (exception, failed) switch
        {
            (OperationCanceledException, _) => $"no answer within {most.TotalSeconds:0.#} seconds",
            (_, { } http) => $"no answer ({http.HttpRequestError})",
            _ => "the answer was cut off",
        };
    }
}
