using LeadFunctions.Settings;

namespace LeadFunctions.Remote;

/// <summary>Addresses of remote systems: leads and keys travel there, so they are https, except on this machine itself.</summary>
internal static class RemoteUrl
{
    private static readonly Uri Nowhere = new("https://localhost");

    /// <param name="fallback">Where there is none, the setting is required.</param>
    public static Uri Read(SettingsReader settings, string key, string? fallback)
    {
        var text = fallback is null ? settings.Required(key, "the https address of the remote system") : settings.Text(key, fallback);
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
            settings.Fault(key, "holds a user name or a password; addresses are shown in the run history, so secrets have settings of their own");
        }

        return url;
    }
}
