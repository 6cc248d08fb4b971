using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>
/// Where a browser keeps its token. Scripts don't see it, and over TLS it is a <c>__Host-</c> cookie (RFC 6265bis): it travels over TLS
/// alone, and no other
/// name of the domain can have set it. Without TLS it goes only to the run history.
/// Lax, not Strict: with Strict a link from a mail would end at the sign-in form; acts have a token in the form besides.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "leadfunctions_runs";
    private const string SecureName = "__Host-" + Name;

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)];

    public static void Set(HttpContext context, string token) =>
        context.Response.Cookies.Append(NameFor(context.Request), token, Options(context.Request, Sessions.Lifetime));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Options(context.Request, null));

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
