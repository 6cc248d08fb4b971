namespace LeadFunctions.Runs.Pages;

/// <summary>Sends a browser on by GET, so that loading the page again repeats no act. The address is relative to the name that it used.</summary>
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
