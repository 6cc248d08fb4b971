namespace LeadFunctions.Runs.Pages;

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
