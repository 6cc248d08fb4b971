using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>One request as it is going to be sent, without what signs it in.</summary>
internal sealed record WebhookRequest(
    HttpMethod Method,
    Uri Uri,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? ContentType,
    string Body)
{
    private const int MostBodyShown = 16 * 1024;

    /// <summary>Ours, or without anything that a person would keep to himself.</summary>
    public static readonly IReadOnlyList<string> HeadersShown =
    [
        "Accept",
        "Accept-Language",
        "Content-Type",
        "User-Agent",
        "webhook-id",
        "webhook-timestamp",
    ];

    /// <summary>
    /// The same at each attempt of a delivery, so that a receiver can drop what it has had already. It holds no '.', which signatures
    /// divide by.
    /// </summary>
    public static string IdOf(Lead lead, string destination) => $"{lead.Id}_{destination}";

    /// <summary>The request, or why there is none.</summary>
    public static (WebhookRequest? Request, string? Fault) Of(WebhookOptions options, LeadDelivery delivery, DateTimeOffset now)
    {
        var model = new LeadTemplateModel(delivery.Lead, delivery.Answers) { Secrets = options.SecretValues };
        try
        {
            var (uri, fault) = options.Url.Render(model);
            if (uri is null)
            {
                return (null, fault);
            }

            var body = options.Body.Render(model);
            var id = IdOf(delivery.Lead, delivery.Destination);
            List<(string Name, string Value)> headers =
            [
                .. options
                    .Headers.Select(header => (header.Name, Value: HeaderText(header.Template.Render(model))))
                    .Where(header => header.Value.Length > 0),
                .. options.Signature.Headers(id, now, Encoding.UTF8.GetBytes(body)),
            ];
            if (options.IdempotencyHeader is { } name)
            {
                headers.Add((name, id));
            }

            return (
                new WebhookRequest(
                    options.Method,
                    uri,
                    headers,
                    options.Body.MediaType is { } type ? options.ContentType ?? $"{type}; charset=utf-8" : null,
                    body),
                null);
        }
        catch (TemplateException exception)
        {
            return (null, options.Secrets.Hide($"A template of the request could not be rendered: {exception.Message}"));
        }
    }

    public HttpRequestMessage Message(AuthenticationHeaderValue? authorization)
    {
        var message = new HttpRequestMessage(Method, Uri);
        if (ContentType is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        }

        foreach (var (name, value) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (authorization is not null)
        {
            message.Headers.Authorization = authorization;
        }

        return message;
    }

    /// <summary>The request for people: the host of the address, headers by name, the body, and no key anywhere.</summary>
    public string Shown(WebhookOptions options)
    {
        var shown = new StringBuilder();
        shown.Append($"{Method} {(options.ShowUrl ? Uri.AbsoluteUri : $"{Uri.GetLeftPart(UriPartial.Authority)}/{SecretTexts.Mark}")}\n");
        if (options.Auth.Kind != AuthKind.None)
        {
            shown.Append($"Authorization: {SecretTexts.Mark}\n");
        }

        foreach (var (name, value) in Headers)
        {
            var isShown = HeadersShown.Contains(name, StringComparer.OrdinalIgnoreCase) || name == options.IdempotencyHeader;
            shown.Append($"{name}: {(isShown ? value : SecretTexts.Mark)}\n");
        }

        if (ContentType is not null)
        {
            // Keys go before it is cut, or half of one could stay.
            var body = options.Secrets.Hide(Body);
            shown.Append($"Content-Type: {ContentType}\n\n{PlainText.Cut(body, MostBodyShown)}");
            shown.Append(body.Length > MostBodyShown ? SecretTexts.Mark : "");
        }

        return options.Secrets.Hide(shown.ToString());
    }

    /// <summary>One line in ASCII; letters beyond it are percent-encoded in UTF-8, as no header holds them.</summary>
    private static string HeaderText(string rendered) =>
        string.Concat(
            PlainText
                .OneLine(rendered)
                .EnumerateRunes()
                .Select(rune => rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
