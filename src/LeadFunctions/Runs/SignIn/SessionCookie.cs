using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>
/// Where a browser keeps its token. Scripts don't see it, it travels over TLS alone once it came over TLS, and only to the run history.
/// Lax, not Strict: with Strict a link from a mail would end at the sign-in form; acts have a token in the form besides.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "leadfunctions_runs";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public static void Set(HttpContext context, string token) => context.Response.Cookies.Append(Name, token, Options(context.Request, Sessions.Lifetime));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context.Request, null));

    private static CookieOptions Options(HttpRequest request, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Forwarded.IsHttps(request),
        Path = "/api/runs",
        MaxAge = age,
        IsEssential = true,
    };
}
