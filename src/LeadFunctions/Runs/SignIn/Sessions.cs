using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>A browser that was let in.</summary>
/// <param name="By">The name of the key that let it in.</param>
/// <param name="FormToken">What its forms carry, so that no other site's form is taken for one of ours.</param>
/// <param name="Id">What it is known by when it is signed out; it lets nobody in.</param>
/// <param name="Ends">When it ends by itself.</param>
internal sealed record Session(string By, string FormToken, string Id, DateTimeOffset Ends);

/// <summary>
/// Tokens for browsers in place of the key: when it ends and a random part, sealed with a secret that follows from the key
/// (HMAC-SHA256, RFC 2104; HKDF, RFC 5869). No token is stored, every instance with the same keys takes them, and a token dies with its
/// time or its key, or when it is signed out.
/// </summary>
internal sealed class Sessions
{
    /// <summary>A working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int TimeLength = 8;
    private const int RandomLength = 16;
    private const int SignedLength = TimeLength + RandomLength;
    private const int TokenLength = SignedLength + HMACSHA256.HashSizeInBytes;

    private readonly (string By, byte[] Secret)[] _secrets;
    private readonly TimeProvider _time;

    public Sessions(IEnumerable<AccessKey> keys, TimeProvider time)
    {
        _time = time;
        _secrets = [.. keys.Select(key => (key.Name, Derive(key.Value)))];
    }

    /// <summary>A new token for who came with this key.</summary>
    public string Begin(string by)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        BinaryPrimitives.WriteInt64BigEndian(token, (_time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(token[TimeLength..SignedLength]);
        var secret = Array.Find(_secrets, known => known.By == by).Secret;
        Seal(secret, "session", token[..SignedLength], token[SignedLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The session that a token stands for; null when it has ended, its key is gone, or it was never one of ours.</summary>
    public Session? Find(string? text)
    {
        if (text is null || !Base64Url.IsValid(text, out var length) || length != TokenLength)
        {
            return null;
        }

        var token = Base64Url.DecodeFromChars(text);
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var (by, secret) in _secrets)
        {
            Seal(secret, "session", token.AsSpan(0, SignedLength), seal);
            if (CryptographicOperations.FixedTimeEquals(seal, token.AsSpan(SignedLength)))
            {
                var ends = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(token));
                return ends > _time.GetUtcNow() ? new Session(by, Sealed(secret, "form", token), Sealed(secret, "id", token), ends) : null;
            }
        }

        return null;
    }

    private static string Sealed(byte[] secret, string purpose, ReadOnlySpan<byte> token)
    {
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Seal(secret, purpose, token, seal);
        return Base64Url.EncodeToString(seal);
    }

    private static void Seal(byte[] secret, string purpose, ReadOnlySpan<byte> content, Span<byte> seal) =>
        HMACSHA256.HashData(secret, [.. Encoding.ASCII.GetBytes(purpose), .. content], seal);

    private static byte[] Derive(string key) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(key),
            HMACSHA256.HashSizeInBytes,
            info: "LeadFunctions run history session"u8.ToArray());
}

/// <summary>
/// Where a browser keeps its token. Scripts don't see it, and over TLS it is a <c>__Host-</c> cookie (RFC 6265bis): it travels over TLS
/// alone, and no other name of the domain can have set it. Without TLS it goes only to the run history. Lax, not Strict: with Strict a link
/// from a mail would end at the sign-in form; actions have a token in the form besides.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "leadfunctions_runs";
    private const string SecureName = "__Host-" + Name;

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)];

    public static void Set(HttpContext context, string token) =>
        context.Response.Cookies.Append(NameFor(context.Request), token, Options(context.Request, Sessions.Lifetime));

    public static void Remove(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context.Request), Options(context.Request, null));

    private static string NameFor(HttpRequest request) => Forwarded.IsHttps(request) ? SecureName : Name;

    private static CookieOptions Options(HttpRequest request, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Forwarded.IsHttps(request),
        Path = Forwarded.IsHttps(request) ? "/" : "/api/runs",
        MaxAge = age,
        IsEssential = true,
    };
}
