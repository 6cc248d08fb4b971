using Microsoft.Net.Http.Headers;

namespace LeadFunctions.Runs;

/// <summary>How the run history is answered.</summary>
internal enum RunFormat
{
    Json,
    Csv,
    Html,
}

internal static class RunFormats
{
    /// <summary>The one that the caller prefers of those there are; JSON when it names none of them.</summary>
    public static RunFormat Preferred(HttpRequest request) => request.GetTypedHeaders().Accept
        .Where(type => type.Quality is not 0)
        .OrderByDescending(type => type.Quality ?? 1)
        .Select(Of)
        .FirstOrDefault(format => format is not null) ?? RunFormat.Json;

    /// <summary>Browsers ask for HTML first.</summary>
    public static bool IsForPage(HttpRequest request) => Preferred(request) == RunFormat.Html;

    private static RunFormat? Of(MediaTypeHeaderValue type) =>
        Is(type, "application/json") ? RunFormat.Json
        : Is(type, "text/csv") ? RunFormat.Csv
        : Is(type, "text/html") ? RunFormat.Html
        : null;

    private static bool Is(MediaTypeHeaderValue type, string name) => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);
}
