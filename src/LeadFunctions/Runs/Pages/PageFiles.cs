using System.Security.Cryptography;

namespace LeadFunctions.Runs.Pages;

/// <summary>The style, the script and the icon. They lie in the executable; their address has their hash, so that a browser keeps each for good.</summary>
internal static class PageFiles
{
    public static PageFile Style { get; } = PageFile.Read("page.css", "text/css; charset=utf-8");

    public static PageFile Script { get; } = PageFile.Read("page.js", "text/javascript; charset=utf-8");

    public static PageFile Icon { get; } = PageFile.Read("icon.svg", "image/svg+xml");

    public static void MapPageFiles(this IEndpointRouteBuilder routes)
    {
        foreach (var file in new[] { Style, Script, Icon })
        {
            routes.MapGet(file.Path, (RequestDelegate)file.GetAsync);
        }
    }
}

internal sealed record PageFile(string Path, string ContentType, byte[] Content, string Hash)
{
    public string Address => $"{Path}?v={Hash}";

    private string Tag => $"\"{Hash}\"";

    public static PageFile Read(string name, string contentType)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile($"/api/runs/files/{name}", contentType, content, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }

    public Task GetAsync(HttpContext context)
    {
        var response = context.Response;
        // An address with another hash is another version's: it gets this one, and is not kept.
        response.Headers.CacheControl = context.Request.Query["v"] == Hash ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = Tag;
        if (context.Request.Headers.IfNoneMatch.Contains(Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = ContentType;
        response.ContentLength = Content.Length;
        return response.Body.WriteAsync(Content, 0, Content.Length, context.RequestAborted);
    }
}
