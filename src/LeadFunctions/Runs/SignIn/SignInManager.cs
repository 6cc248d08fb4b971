using System.Globalization;
using LeadFunctions.Hosting;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.SignIn;

/// <summary>Looks at keys, and counts wrong ones, by whatever way they come.</summary>
internal sealed class SignInManager(RunOptions options, IKeyValueStore notes, TimeProvider time)
{
    private readonly AccessKeys _keys = new(options.Keys);
    private readonly LockOut _lockOut = new(time);
    private readonly ClientAddress _address = new(options.TrustedProxies);
    private readonly Lazy<Sessions> _sessions = new(() => new Sessions(options.Keys, time));
    private readonly EndedSessions _ended = new(notes, time);

    /// <summary>The key is the one that was made on this machine, for it.</summary>
    public bool IsLocal => options.IsLocal;

    /// <summary>Null when the browser shows no token, or one that has ended or was signed out.</summary>
    public async Task<Session?> FindSessionAsync(HttpRequest request) =>
        _sessions.Value.Find(SessionCookie.Read(request)) is { } session && !await _ended.HasAsync(session) ? session : null;

    /// <summary>A token for the browser of who came with the key of this name.</summary>
    public void SignIn(HttpContext context, string by) => SessionCookie.Set(context, _sessions.Value.Begin(by));

    /// <summary>The token counts no more, wherever else it may be kept.</summary>
    public async Task SignOutAsync(HttpContext context, Session session)
    {
        SessionCookie.Remove(context);
        await _ended.AddAsync(session);
    }

    /// <summary>Null when the request shows no key at all.</summary>
    public async Task<KeyResult?> CheckKeyAsync(HttpContext context) =>
        AccessKeys.ReadFrom(context.Request) is { } key ? await CheckKeyAsync(context, key) : null;

    /// <summary>A right key is let in whatever others at the same address have tried.</summary>
    public async Task<KeyResult> CheckKeyAsync(HttpContext context, string key) =>
        _keys.Find(key) is { } name ? new KeyResult.Right(name)
        : await _lockOut.WrongAsync(_address.Find(context), key, context.RequestAborted) is { } wait ? new KeyResult.Locked(wait)
        : new KeyResult.Wrong();
}

/// <summary>What came of a key that somebody showed.</summary>
internal abstract record KeyResult
{
    internal sealed record Right(string Name) : KeyResult;

    internal sealed record Wrong : KeyResult;

    /// <summary>It is wrong, like too many others that came from the same address.</summary>
    internal sealed record Locked(TimeSpan Wait) : KeyResult
    {
        public string Seconds => Math.Ceiling(Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        public string Text =>
            "This key is wrong, and too many wrong keys came from your address. Try another one in "
            + $"{(Wait > TimeSpan.FromMinutes(1) ? $"{Math.Ceiling(Wait.TotalMinutes)} minutes" : $"{Seconds} seconds")}; a right "
            + "one is taken at any time.";

        public Problem Problem => new(StatusCodes.Status429TooManyRequests, "Too many wrong keys", Text);
    }
}
