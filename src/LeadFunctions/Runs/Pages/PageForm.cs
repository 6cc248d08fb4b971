using Microsoft.AspNetCore.Http.Features;

namespace LeadFunctions.Runs.Pages;

/// <summary>Reads what a form of these pages sent; they are small.</summary>
internal static class PageForm
{
    private static readonly FormOptions Limits = new() { ValueCountLimit = 32, KeyLengthLimit = 64, ValueLengthLimit = 16 * 1024 };

    /// <summary>Null when it is no form, or none of these pages'.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return null;
        }

        try
        {
            return await new FormFeature(request, Limits).ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }
}
