using System.Net.Http.Headers;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>A call to another system's HTTP API about each lead.</summary>
/// <param name="Success">The answers that mean it has arrived. Default 2xx.</param>
/// <param name="Retry">The answers after which it is tried again. Default 408, 425, 429 and 5xx.</param>
/// <param name="StatusDecides">A 2xx has arrived whatever its body says. Default false: a body that names an error is one.</param>
/// <param name="HasKey">Requests carry a key: a 401 is about it, and a new one mends it.</param>
/// <param name="IdempotencyHeader">The header that carries the delivery's id, the same at each attempt; null for none.</param>
/// <param name="ShowUrl">The run history shows the whole address. Default false: a webhook's address is often its key.</param>
/// <param name="SecretValues">Values for templates (<c>{{Secrets.name}}</c>) that nobody may see.</param>
internal sealed record WebhookOptions(
    HttpMethod Method,
    WebhookAddress Url,
    Reach Reach,
    WebhookAuth Auth,
    IReadOnlyList<(string Name, LeadTemplate Template)> Headers,
    string? ContentType,
    WebhookBody Body,
    StatusRanges Success,
    StatusRanges Retry,
    bool StatusDecides,
    bool HasKey,
    WebhookSignature Signature,
    string? IdempotencyHeader,
    KeptAnswer Keep,
    bool ShowUrl,
    IReadOnlyDictionary<string, string> SecretValues,
    SecretTexts Secrets)
{
    public bool SendsJson =>
        Body.MediaType is not null && (ContentType ?? Body.MediaType).Contains("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the program itself writes, or what would change how the request is read.</summary>
    private static readonly string[] NotToSet =
    [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Expect",
        "Upgrade",
        "Trailer",
        "TE",
        "Proxy-Authorization",
        "Cookie",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    ];

    private enum Verb
    {
        Post,
        Put,
        Patch,
        Get,
        Delete,
    }

    public static WebhookOptions Read(SettingsReader settings, string section)
    {
        var verb = settings.Choice($"{section}:Method", Verb.Post);
        var allowPrivate = settings.Flag($"{section}:AllowPrivateAddresses", false);
        var url = WebhookAddress.Read(settings, $"{section}:Url", allowPrivate);
        var auth = WebhookAuth.Read(settings, section, allowPrivate);
        var headers = ReadHeaders(settings, $"{section}:Headers", auth.Kind != AuthKind.None);
        var idempotency = settings.Text($"{section}:IdempotencyHeader");
        if (idempotency is not null && !IsHeaderName(idempotency))
        {
            settings.Fault($"{section}:IdempotencyHeader", "is not a header's name");
        }

        var contentType = headers.Find(IsContentType).Source;
        if (contentType is not null && !MediaTypeHeaderValue.TryParse(contentType, out _))
        {
            settings.Fault($"{section}:Headers:Content-Type", "is not a media type such as text/plain; charset=utf-8");
        }

        var secrets = settings.Map($"{section}:Secrets");
        var showUrl = settings.Flag($"{section}:ShowUrl", false);
        var keyHeaders = headers
            .Where(header => !WebhookRequest.HeadersShown.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
            .Select(header => header.Source)
            .ToList();
        string?[] keys =
        [
            .. auth.Secrets,
            auth.OAuth?.ClientSecret,
            auth.OAuth?.Basic,
            .. auth.OAuth?.Form.Values ?? [],
            .. secrets.Values,
            .. settings.List($"{section}:SigningKeys") ?? [],
            .. keyHeaders,
            .. showUrl ? [] : url.Keys,
        ];
        return new WebhookOptions(
            new HttpMethod(verb.ToString().ToUpperInvariant()),
            url,
            url.Reach(allowPrivate),
            auth,
            [.. headers.Where(header => !IsContentType(header)).Select(header => (header.Name, LeadTemplate.Text(header.Source)))],
            contentType,
            WebhookBody.Read(settings, section, verb is not (Verb.Get or Verb.Delete)),
            StatusRanges.Read(settings, $"{section}:SuccessCodes", "200-299", 200, 499),
            StatusRanges.Read(settings, $"{section}:RetryCodes", "408, 425, 429, 500-599", 300, 599),
            settings.Flag($"{section}:StatusDecides", false),
            HasKey: auth.Kind != AuthKind.None || secrets.Count > 0 || keyHeaders.Count > 0,
            WebhookSignature.Read(settings, $"{section}:SigningKeys"),
            idempotency,
            KeptAnswer.Read(settings, $"{section}:Keep"),
            showUrl,
            secrets,
            new SecretTexts(keys));
    }

    private static List<(string Name, string Source)> ReadHeaders(SettingsReader settings, string key, bool signsIn)
    {
        var headers = settings.Map(key).Select(header => (Name: header.Key, Source: header.Value)).ToList();
        foreach (var (name, source) in headers)
        {
            if (!IsHeaderName(name)
                || NotToSet.Contains(name, StringComparer.OrdinalIgnoreCase)
                || (signsIn && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
            {
                settings.Fault($"{key}:{name}", "is not a header that can be set here");
            }
            else if (LeadTemplate.Text(source).Fault() is { } fault)
            {
                settings.Fault($"{key}:{name}", $"is not a template that can be rendered: {fault}");
            }
        }

        return headers;
    }

    private static bool IsContentType((string Name, string Source) header) =>
        header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);

    private static bool IsHeaderName(string name) =>
        name.Length is > 0 and <= 100 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
