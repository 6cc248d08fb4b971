using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace LeadFunctions.Runs;

/// <summary>How the list of runs is answered.</summary>
internal enum RunFormat
{
    Json,
    Csv,
}

internal static class RunFormats
{
    /// <summary>The one that the caller prefers of those there are; JSON when it names none of them.</summary>
    public static RunFormat Preferred(RequestHeaders headers) => headers.Accept
        .Where(type => type.Quality is not 0)
        .OrderByDescending(type => type.Quality ?? 1)
        .Select(Of)
        .FirstOrDefault(format => format is not null) ?? RunFormat.Json;

    private static RunFormat? Of(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) ? RunFormat.Json
        : type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) ? RunFormat.Csv
        : null;
}
