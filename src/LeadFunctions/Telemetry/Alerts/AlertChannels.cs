using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Remote;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>Something to tell people, in words.</summary>
/// <param name="Kind">
/// What it is about: <c>dead_letters</c>, <c>failing</c>, <c>refused</c>, <c>oldest_due</c>, <c>store</c>, <c>disk</c>, <c>silence</c>,
/// <c>digest</c>, <c>way</c>.
/// </param>
/// <param name="Lines">Paragraphs, the most important first.</param>
/// <param name="Path">Where the run history shows it.</param>
internal sealed record Alert(string Kind, string? Destination, bool IsEnd, string Title, IReadOnlyList<string> Lines, string? Path = null);

/// <summary>Tells people by mail or webhook. It tries once.</summary>
/// <param name="Send">Null: it was taken; otherwise why not.</param>
internal sealed record AlertChannel(string Name, Func<Alert, CancellationToken, Task<string?>> Send)
{
    private const string Signature = "LeadFunctions sends this. Which alerts there are, and how often: the settings Alerts.";

    public static IReadOnlyList<AlertChannel> Of(AlertOptions options, RemoteClient remote, TimeProvider time)
    {
        var channels = new List<AlertChannel>();
        if (options.Mail is { } mail)
        {
            channels.Add(new AlertChannel("mail", (alert, stop) => MailAsync(mail, alert, Link(options, alert), remote, time, stop)));
        }

        if (options.Webhook is { } webhook)
        {
            channels.Add(new AlertChannel("webhook", (alert, stop) => CallAsync(webhook, alert, Link(options, alert), remote, stop)));
        }

        return channels;
    }

    public static string Text(Alert alert, string? link) =>
        string.Join("\n\n", [.. alert.Lines, .. link is null ? Array.Empty<string>() : [link]]);

    private static string? Link(AlertOptions options, Alert alert) =>
        alert.Path is not { } path ? null
        : options.PublicUrl is { } url ? new Uri(url, path).ToString()
        : $"In the run history: {path}";

    private static async Task<string?> MailAsync(
        AlertMail mail,
        Alert alert,
        string? link,
        RemoteClient remote,
        TimeProvider time,
        CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["personalizations"] = new JsonArray(new JsonObject
            {
                ["to"] = new JsonArray([.. mail.To.Select(to => new JsonObject { ["email"] = to.Address })]),
                ["custom_args"] = new JsonObject { ["alert"] = alert.Kind },
            }),
            ["from"] = new JsonObject { ["email"] = mail.From.Address, ["name"] = "LeadFunctions" },
            ["subject"] = $"{(alert.IsEnd ? "Over: " : "")}{alert.Title}",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "text/plain", ["value"] = $"{Text(alert, link)}\n\n--\n{Signature}\n" }),
        };
        using var request = Request(new Uri(mail.Host, "v3/mail/send"), body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", mail.ApiKey);
        var reply = await remote.SendAsync(request, stop);
        return RemoteOutcome.Of(reply, answer => SendGridResponse.Classify(answer, time.GetUtcNow())).Fault;
    }

    private static async Task<string?> CallAsync(
        AlertWebhook webhook,
        Alert alert,
        string? link,
        RemoteClient remote,
        CancellationToken stop)
    {
        using var request = Request(
            webhook.Url,
            webhook.Format switch
            {
                WebhookFormat.Slack => Slack(alert, link),
                WebhookFormat.Teams => Teams(alert, link),
                _ => new JsonObject
                {
                    ["kind"] = alert.Kind,
                    ["destination"] = alert.Destination,
                    ["isEnd"] = alert.IsEnd,
                    ["title"] = alert.Title,
                    ["text"] = Text(alert, null),
                    ["link"] = link,
                },
            });
        return await remote.SendAsync(request, stop) switch
        {
            RemoteReply.Response { Status: >= 200 and < 300 } => null,
            RemoteReply.Response answer => RemoteText.Brief(
                $"{webhook.Url.Host} answered {answer.Status}: {RemoteText.WithoutMarkup(answer.Body, webhook.Keys.Hide)}"),
            RemoteReply.NoResponse none => none.Message,
            var other => throw new InvalidOperationException($"No words for {other.GetType().Name}."),
        };
    }

    // In plain text: a remote system's words could otherwise call everybody.
    private static JsonObject Slack(Alert alert, string? link) => new()
    {
        ["text"] = "LeadFunctions has news",
        ["blocks"] = new JsonArray(
            Block("header", $"{(alert.IsEnd ? "✓ " : "⚠ ")}{alert.Title}", 150),
            Block("section", Text(alert, link), 3_000)),
    };

    private static JsonObject Block(string type, string text, int most) =>
        new() { ["type"] = type, ["text"] = new JsonObject { ["type"] = "plain_text", ["emoji"] = false, ["text"] = Cut(text, most) } };

    // Text runs, which Teams shows as they are.
    private static JsonObject Teams(Alert alert, string? link) =>
        new()
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(
                new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["content"] = new JsonObject
                    {
                        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.4",
                        ["body"] = new JsonArray([
                            Runs($"{(alert.IsEnd ? "✓ " : "⚠ ")}{alert.Title}", bold: true),
                            .. alert.Lines.Append(link).OfType<string>().Select(line => Runs(line, bold: false)),
                        ]),
                    },
                }),
        };

    private static JsonObject Runs(string text, bool bold)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = Cut(text, 4_000) };
        if (bold)
        {
            run["weight"] = "Bolder";
        }

        return new JsonObject { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(run) };
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)]}…";

    private static HttpRequestMessage Request(Uri url, JsonObject body) =>
        new(HttpMethod.Post, url) { Content = new StringContent(RequestText.Json(body), Encoding.UTF8, "application/json") };
}
