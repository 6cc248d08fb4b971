using System.Security.Cryptography;

namespace LeadFunctions.Runs.Pages;

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
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return (content, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }
}
