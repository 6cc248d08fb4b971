using System.Text.RegularExpressions;
using LeadFunctions.Settings;

namespace LeadFunctions.Remote;

/// <summary>Addresses of remote systems: leads and keys travel there, so they are https, except on this machine itself.</summary>
internal static partial class RemoteUrl
{
    private static readonly Uri Nowhere = new("https://localhost");

    /// <summary>
    /// The address of the system, without a path: what is called there is fixed. The API's own address, as it is shown to be copied
    /// (Dataverse's <c>/api/data/v9.2</c>, SendGrid's <c>/v3</c>, Graph's <c>/v1.0</c>), is the same; with any other path nothing could be
    /// delivered.
    /// </summary>
    /// <param name="defaultValue">Where there is none, the setting is required.</param>
    public static Uri Read(SettingsReader settings, string key, string? defaultValue)
    {
        var text = defaultValue is null
            ? settings.Required(key, "the https address of the remote system")
            : settings.Text(key, defaultValue);
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            if (text.Length > 0)
            {
                settings.Fault(key, "is not an address that starts with https://");
            }

            return Nowhere;
        }

        if (url.Scheme == "http" && !url.IsLoopback)
        {
            settings.Fault(key, "must start with https:// (http is for this machine alone)");
        }

        if (url.UserInfo.Length > 0)
        {
            settings.Fault(
                key,
                "holds a user name or a password; addresses are shown in the run history, so secrets have settings of their own");
        }

        if (url.PathAndQuery != "/" || url.Fragment.Length > 0)
        {
            var root = new Uri($"{url.Scheme}://{url.Authority}/");
            if (!ApiAddress().IsMatch(url.PathAndQuery) || url.Fragment.Length > 0)
            {
                settings.Fault(
                    key,
                    $"holds more than the address of the system, and nothing is at that path; set it to {root.AbsoluteUri.TrimEnd('/')}");
            }

            return root;
        }

        return url;
    }

    [GeneratedRegex(@"^/(?:api/data(?:/v[0-9.]+)?|v3(?:/mail/send)?|v1\.0)/\z", RegexOptions.IgnoreCase)]
    private static partial Regex ApiAddress();
}
