using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>How a webhook signs in.</summary>
internal enum AuthKind
{
    None,
    Bearer,
    Basic,
    OAuth,
}

/// <summary>How a client shows who it is at a token endpoint (RFC 6749, 2.3.1).</summary>
internal enum ClientAuthKind
{
    Basic,
    Form,
}

/// <param name="Fixed">What stands in the Authorization header, unless a token has to be got first.</param>
internal sealed record WebhookAuth(AuthKind Kind, AuthenticationHeaderValue? Fixed, OAuthOptions? OAuth, IReadOnlyList<string?> Secrets)
{
    public static WebhookAuth Read(SettingsReader settings, string section, bool allowPrivate)
    {
        var kind = settings.Choice($"{section}:Auth", AuthKind.None);
        var token = WhenUsed($"{section}:Token", AuthKind.Bearer, "the token or key that stands after Bearer");
        var user = WhenUsed(
            $"{section}:UserName",
            AuthKind.Basic,
            "the user name (for some systems the key stands here, without a password)");
        var password = settings.Text($"{section}:Password");
        var basic = $"{user}:{password}";
        if (kind == AuthKind.Bearer && token?.Any(letter => !char.IsAscii(letter) || char.IsControl(letter) || letter == ' ') == true)
        {
            settings.Fault($"{section}:Token", "holds something that can't stand in a header: spaces or letters beyond ASCII");
        }

        return new WebhookAuth(
            kind,
            kind switch
            {
                AuthKind.Bearer => new AuthenticationHeaderValue("Bearer", token),
                AuthKind.Basic => new AuthenticationHeaderValue("Basic", Base64(basic)),
                _ => null,
            },
            kind == AuthKind.OAuth ? OAuthOptions.Read(settings, $"{section}:OAuth", allowPrivate) : null,
            [token, user, password, Base64(basic)]);

        string? WhenUsed(string key, AuthKind used, string what) => kind == used ? settings.Required(key, what) : settings.Text(key);
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <param name="Form">More fields of the token request; <c>grant_type</c> replaces <c>client_credentials</c>.</param>
internal sealed record OAuthOptions(
    Uri TokenUrl,
    Reach Reach,
    string ClientId,
    string ClientSecret,
    string? Scope,
    ClientAuthKind ClientAuth,
    IReadOnlyDictionary<string, string> Form)
{
    /// <summary>Id and secret as they stand in an Authorization header.</summary>
    public string Basic => WebhookAuth.Base64($"{Uri.EscapeDataString(ClientId)}:{Uri.EscapeDataString(ClientSecret)}");

    public static OAuthOptions Read(SettingsReader settings, string section, bool allowPrivate)
    {
        var address = WebhookAddress.Read(settings, $"{section}:TokenUrl", allowPrivate);
        if (address.PathAndQuery.Contains("{{", StringComparison.Ordinal))
        {
            settings.Fault($"{section}:TokenUrl", "holds a template; the address of the token endpoint is the same for every lead");
        }

        return new OAuthOptions(
            new Uri(address.Origin, address.PathAndQuery.Contains("{{", StringComparison.Ordinal) ? "/" : address.PathAndQuery),
            address.Reach(allowPrivate),
            settings.Required($"{section}:ClientId", "the client id"),
            settings.Required($"{section}:ClientSecret", "the client secret"),
            settings.Text($"{section}:Scope"),
            settings.Choice($"{section}:ClientAuth", ClientAuthKind.Basic),
            settings.Map($"{section}:Form"));
    }
}
