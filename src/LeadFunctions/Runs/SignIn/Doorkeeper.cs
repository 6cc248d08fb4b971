using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>Looks at keys, and counts wrong ones, by whatever way they come.</summary>
internal sealed class Doorkeeper(RunOptions options, TimeProvider time)
{
    private readonly AccessKeys _keys = new(options.Keys);
    private readonly LockOut _lockOut = new(time);
    private readonly Lazy<Sessions> _sessions = new(() => new Sessions(options, time));

    public Session? SessionOf(HttpRequest request) => _sessions.Value.Find(SessionCookie.Read(request));

    /// <summary>A token for the browser of who came with the key of this name.</summary>
    public string Begin(string by) => _sessions.Value.Begin(by);

    /// <summary>A new session for a browser that showed no token, or one that has ended.</summary>
    public Session Welcome(HttpContext context, string by)
    {
        var token = Begin(by);
        SessionCookie.Set(context, token);
        return _sessions.Value.Find(token)!;
    }

    /// <summary>Null when the request shows no key at all.</summary>
    public async Task<KeyResult?> TryAsync(HttpContext context) =>
        AccessKeys.In(context.Request) is { } key ? await TryAsync(context, key) : null;

    public async Task<KeyResult> TryAsync(HttpContext context, string key)
    {
        var address = ClientAddress.Of(context, options.BehindHost);
        if (_lockOut.WaitOf(address) is { } wait)
        {
            return new KeyResult.Locked(wait);
        }

        if (_keys.Find(key) is { } name)
        {
            _lockOut.Succeeded(address);
            return new KeyResult.Right(name);
        }

        await Task.Delay(_lockOut.Failed(address, key), time, context.RequestAborted);
        return new KeyResult.Wrong();
    }
}
