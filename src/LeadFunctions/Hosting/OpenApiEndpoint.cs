namespace LeadFunctions.Hosting;

/// <summary>
/// <c>GET /api/openapi.json</c>: the endpoints, described by OpenAPI 3.1 for programs. Open to all: it says nothing about anybody.
/// </summary>
internal static class OpenApiEndpoint
{
    public static void MapOpenApi(this IEndpointRouteBuilder routes) => routes.MapGet("/api/openapi.json", (RequestDelegate)WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        await using var document = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("openapi.json")!;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = document.Length;
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
