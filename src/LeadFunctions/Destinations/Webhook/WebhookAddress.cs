using System.Net;
using System.Text.RegularExpressions;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>Where a webhook goes. The configuration fixes scheme, host and port; templates may stand in the path and the query.</summary>
internal sealed partial record WebhookAddress(Uri Origin, string PathAndQuery, LeadTemplate Template)
{
    private static readonly WebhookAddress Nowhere = new(new Uri("https://localhost"), "/", LeadTemplate.Url("/"));

    /// <summary>The parts of it that may be keys, and no templates.</summary>
    public IEnumerable<string> Keys => SecretTexts.KeysIn(PathAndQuery).Where(part => !part.Contains('{', StringComparison.Ordinal));

    /// <summary>Which addresses it may connect to.</summary>
    public Reach Reach(bool allowPrivate) => (allowPrivate, Origin.Scheme) switch
    {
        (false, _) => Remote.Reach.PublicOnly,
        (true, "http") => Remote.Reach.PrivateOnly,
        _ => Remote.Reach.Anywhere,
    };

    public static WebhookAddress Read(SettingsReader settings, string key, bool allowPrivate)
    {
        var text = settings.Required(key, "the https address to call");
        if (text.Length == 0)
        {
            return Nowhere;
        }

        var parts = Form().Match(text);
        if (!parts.Success || !Uri.TryCreate(parts.Groups[1].Value, UriKind.Absolute, out var origin) || origin.Host.Length == 0)
        {
            settings.Fault(
                key,
                "is not an address that starts with https:// and a fixed host (templates may stand in the path and the "
                    + "query; no user name, no #)");
            return Nowhere;
        }

        if (origin.Scheme == "http" && !allowPrivate)
        {
            settings.Fault(
                key,
                "must start with https:// (http is for private addresses alone, and then AllowPrivateAddresses must be true)");
        }
        else if (!allowPrivate && IsPrivate(origin))
        {
            settings.Fault(
                key,
                "is an address on this machine or in a private network; set AllowPrivateAddresses to true if that is meant");
        }
        else if (origin.Scheme == "http"
            && IPAddress.TryParse(origin.Host.Trim('[', ']'), out var address)
            && AddressRange.IsPublic(address))
        {
            settings.Fault(key, "must start with https:// (http is for private addresses alone)");
        }

        var rest = parts.Groups[2].Value;
        rest = rest.StartsWith('/') ? rest : "/" + rest;
        var template = LeadTemplate.Url(rest);
        if (template.Fault() is { } fault)
        {
            settings.Fault(key, $"is not a template that can be rendered: {fault}");
        }
        else if (LeadTemplate.HasUnencoded(rest))
        {
            settings.Fault(key, "puts a value in without encoding it; use two braces");
        }

        return new WebhookAddress(origin, rest, template);
    }

    /// <summary>The address for a lead, or why there is none: a value must not lead to another place than the one that is meant.</summary>
    public (Uri? Uri, string? Fault) Render(LeadTemplateModel model)
    {
        var rendered = Template.Render(model);
        var path = rendered.Split('?', 2)[0];
        var segments = path.Split('/')[1..];
        var isTemplate = PathAndQuery.Contains("{{", StringComparison.Ordinal);
        if (isTemplate
            && (segments.SkipLast(1).Any(string.IsNullOrWhiteSpace)
                || (segments[^1].Length == 0 && !PathAndQuery.Split('?', 2)[0].EndsWith('/'))))
        {
            return (null, "A template in the path of Url gave nothing for this lead.");
        }

        if (segments.Any(HasStep))
        {
            return (null, "A template in the path of Url gave a step to another folder ('..').");
        }

        return Uri.TryCreate(Origin.GetLeftPart(UriPartial.Authority) + rendered, UriKind.Absolute, out var uri)
            && uri.Authority == Origin.Authority
            && uri.Scheme == Origin.Scheme
            ? (uri, null)
            : (null, "The templates of Url gave something that is not an address.");
    }

    /// <summary>However it is written: servers and proxies decode a path once or twice, take a backslash for a slash, and let parameters
    /// follow a semicolon.</summary>
    private static bool HasStep(string segment)
    {
        for (var (text, before) = (segment, ""); ; (text, before) = (Uri.UnescapeDataString(text), text))
        {
            if (text.Split('/', '\\').Any(step => step.Split(';')[0].Trim() is "." or ".."))
            {
                return true;
            }

            if (text == before)
            {
                return false;
            }
        }
    }

    private static bool IsPrivate(Uri origin) =>
        origin.IsLoopback || (IPAddress.TryParse(origin.Host.Trim('[', ']'), out var address) && !AddressRange.IsPublic(address));

    [GeneratedRegex(@"^(https?://[A-Za-z0-9.:\[\]_-]+)((?:[/?](?:\{\{.*?\}\}|[^#\\{\s])*)?)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
