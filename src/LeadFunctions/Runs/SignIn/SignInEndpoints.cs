using LeadFunctions.Runs.Pages;

namespace LeadFunctions.Runs.SignIn;

/// <summary>The way in and out for browsers: <c>/api/runs/sign-in</c> and <c>/api/runs/sign-out</c>.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes, RunGate gate, Doorkeeper doorkeeper)
    {
        routes.MapGet("/api/runs/sign-in", gate.Anybody(context => SignInPage.WriteAsync(context, doorkeeper.IsLocal, "/api/runs", StatusCodes.Status200OK))).ExcludeFromDescription();
        routes.MapPost("/api/runs/sign-in", gate.Anybody(context => SignInAsync(context, doorkeeper))).ExcludeFromDescription();
        routes.MapPost("/api/runs/sign-out", gate.GuardForm(async (context, _) =>
        {
            await doorkeeper.EndAsync(context, RunPages.SessionOf(context)!);
            await SeeOther.Async(context, Notice.Address("/api/runs/sign-in", "signedout", 0));
        })).ExcludeFromDescription();
    }

    private static async Task SignInAsync(HttpContext context, Doorkeeper doorkeeper)
    {
        var form = await PageForm.ReadAsync(context.Request);
        var returnTo = SignInPage.Local(form?["return"]);
        if (form?["key"] is not [{ Length: > 0 } key])
        {
            await SignInPage.WriteAsync(context, doorkeeper.IsLocal, returnTo, StatusCodes.Status400BadRequest, "Type a key.");
            return;
        }

        switch (await doorkeeper.TryAsync(context, key.Trim()))
        {
            case KeyResult.Right right:
                doorkeeper.Welcome(context, right.Name);
                await SeeOther.Async(context, returnTo);
                break;
            case KeyResult.Locked locked:
                context.Response.Headers.RetryAfter = locked.Seconds;
                await SignInPage.WriteAsync(context, doorkeeper.IsLocal, returnTo, StatusCodes.Status429TooManyRequests, locked.Text);
                break;
            default:
                await SignInPage.WriteAsync(context, doorkeeper.IsLocal, returnTo, StatusCodes.Status401Unauthorized, "This is none of the keys of the run history.");
                break;
        }
    }
}
