using LeadFunctions.Runs.Pages;

namespace LeadFunctions.Runs.SignIn;

/// <summary>The way in and out for browsers: <c>/api/runs/sign-in</c> and <c>/api/runs/sign-out</c>.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes, RunGate gate, SignInManager signIn)
    {
        routes
            .MapGet(
                "/api/runs/sign-in",
                gate.AllowAnonymous(context => SignInPage.WriteAsync(context, signIn.IsLocal, "/api/runs", StatusCodes.Status200OK)))
            .ExcludeFromDescription();
        routes.MapPost("/api/runs/sign-in", gate.AllowAnonymous(context => SignInAsync(context, signIn))).ExcludeFromDescription();
        routes.MapPost("/api/runs/sign-out", gate.GuardForm(async (context, _) =>
        {
            await signIn.SignOutAsync(context, RunPages.CurrentSession(context)!);
            await SeeOther.Async(context, Notice.AddTo("/api/runs/sign-in", "signedout", 0));
        })).ExcludeFromDescription();
    }

    private static async Task SignInAsync(HttpContext context, SignInManager signIn)
    {
        var form = await PageForm.ReadAsync(context.Request);
        var returnTo = SignInPage.Local(form?["return"]);
        if (form?["key"] is not [{ Length: > 0 } key])
        {
            await SignInPage.WriteAsync(context, signIn.IsLocal, returnTo, StatusCodes.Status400BadRequest, "Type a key.");
            return;
        }

        switch (await signIn.CheckKeyAsync(context, key.Trim()))
        {
            case KeyResult.Right right:
                signIn.SignIn(context, right.Name);
                await SeeOther.Async(context, returnTo);
                break;
            case KeyResult.Locked locked:
                context.Response.Headers.RetryAfter = locked.Seconds;
                await SignInPage.WriteAsync(context, signIn.IsLocal, returnTo, StatusCodes.Status429TooManyRequests, locked.Text);
                break;
            default:
                await SignInPage.WriteAsync(
                    context,
                    signIn.IsLocal,
                    returnTo,
                    StatusCodes.Status401Unauthorized,
                    "This is none of the keys of the run history.");
                break;
        }
    }
}

/// <summary>Asks a person for a key of the run history, and leads on to where they wanted to go.</summary>
internal static class SignInPage
{
    private const string Home = "/api/runs";

    /// <param name="isLocal">The key was made on this machine, for it.</param>
    /// <param name="problem">Why an earlier key was not taken.</param>
    public static Task WriteAsync(HttpContext context, bool isLocal, string returnTo, int status, string? problem = null) =>
        new PageFrame("Sign in", Render(context, isLocal, returnTo, problem)).WriteAsync(context, status);

    /// <summary>Where to go on to: a page of the run history, whatever a link or a form asks for.</summary>
    public static string Local(string? address) =>
        address is not null
        && address.StartsWith(Home, StringComparison.Ordinal)
        && (address.Length == Home.Length || address[Home.Length] is '/' or '?')
        && address.All(letter => letter is > ' ' and < '\x7F')
            ? address
            : Home;

    private static Html SetHint => Html.Create($"One of the keys under <code>Runs:Keys</code>.");

    private static Html LocalHint =>
        Html.Create($"The link that the program printed when it started has the key; it is also in the file "
            + $"<code>{LocalKey.FileName}</code> beside the store.");

    private static Html Render(HttpContext context, bool isLocal, string returnTo, string? problem) => Html.Create(
        $"""
        <div class="door"><h1>Run history</h1>
        {Notice.Read(context.Request.Query)}
        {Html.When(problem is not null, $"""<p class="notice problem" role="alert" id="problem">{problem}</p>""")}
        <form method="post" action="/api/runs/sign-in">{Format.Hidden("return", Local(returnTo))}
        <div class="field"><label for="key">Key</label>
        <input id="key" name="key" type="password" autocomplete="current-password" required
        autofocus{Html.When(problem is not null, $""" aria-invalid="true" aria-describedby="problem" """)}></div>
        <button>Sign in</button></form>
        <p class="minor">{(isLocal ? LocalHint : SetHint)} The browser stays signed in for {(int)Sessions.Lifetime.TotalHours} hours.</p>
        </div>
        """);
}
