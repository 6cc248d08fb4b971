using System.Buffers;
using System.Security.Cryptography;
using LeadFunctions.Runs.SignIn;

namespace LeadFunctions.Runs.Pages;

/// <summary>The document around each page, and the headers that let it do no more than it needs.</summary>
/// <param name="Live">The script fetches the page again while it is looked at, and swaps what has changed.</param>
internal sealed record PageFrame(string Title, Html Content, Session? Session = null, bool Live = false)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors "
        + "'none'; base-uri 'none'";

    public Task WriteAsync(HttpContext context, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        // With no-referrer a browser sends our own forms without saying where they are from (Origin: null).
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.Vary = "Accept, Cookie";
        // Written down whole first: a fault in it must become an answer of its own, and its length is known.
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        Document().WriteTo(body);
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private Html Document() => Html.Create(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>{Title} · LeadFunctions</title>
        <link rel="stylesheet" href="{PageFiles.Style.Address}">
        <link rel="icon" type="image/svg+xml" href="{PageFiles.Icon.Address}">
        <script src="{PageFiles.Script.Address}" defer></script>
        </head>
        <body{Html.When(Live, $" data-live")}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
        <a class="brand" href="/api/runs"><img src="{PageFiles.Icon.Address}" alt="" width="20" height="20">LeadFunctions</a>
        <p class="live" id="live-state" role="status"></p>
        {Html.When(Live, $"""<button type="button" class="quiet" id="live" aria-pressed="true" hidden>Live</button>""")}
        {SignOut()}
        </header>
        <main id="main" tabindex="-1">
        {Content}
        </main>
        <footer><p id="zone">Times are in UTC.</p></footer>
        </body>
        </html>
        """);

    private Html SignOut() => Html.When(Session is not null,
        $"""
        <form class="sign-out" method="post" action="/api/runs/sign-out">{FormToken.Field(Session)}
        <span class="minor">Key <bdi>{Session!.By}</bdi></span> <button class="quiet">Sign out</button></form>
        """);
}

/// <summary>
/// Sends a browser on by GET, so that loading the page again repeats no action. The address is relative to the name that it used.
/// </summary>
internal static class SeeOther
{
    public static Task Async(HttpContext context, string address)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = address;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}

/// <summary>A file that lies in the executable. Its address has its hash, so that a browser keeps it for good.</summary>
internal sealed class PageFile(string name, string contentType)
{
    // Read when a page is first asked for: nothing of it is on the way to the first lead.
    private readonly Lazy<(byte[] Content, string Hash)> _file = new(() => Read(name));

    public string Path { get; } = $"/api/runs/files/{name}";

    public string Address => $"{Path}?v={_file.Value.Hash}";

    public Task GetAsync(HttpContext context)
    {
        var (content, hash) = _file.Value;
        var response = context.Response;
        var tag = $"\"{hash}\"";
        // An address with another hash is another version's: it gets this one, and is not kept.
        response.Headers.CacheControl = context.Request.Query["v"] == hash ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch.Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = contentType;
        response.ContentLength = content.Length;
        return response.Body.WriteAsync(content, 0, content.Length, context.RequestAborted);
    }

    private static (byte[] Content, string Hash) Read(string name)
    {
        using var stream =
            typeof(PageFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return (content, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }
}

/// <summary>The style, the script and the icon.</summary>
internal static class PageFiles
{
    public static PageFile Style { get; } = new("page.css", "text/css; charset=utf-8");

    public static PageFile Script { get; } = new("page.js", "text/javascript; charset=utf-8");

    public static PageFile Icon { get; } = new("icon.svg", "image/svg+xml");

    public static void MapPageFiles(this IEndpointRouteBuilder routes)
    {
        foreach (var file in new[] { Style, Script, Icon })
        {
            routes.MapGet(file.Path, (RequestDelegate)file.GetAsync).ExcludeFromDescription();
        }
    }
}
