using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>SendGrid's v3 mail/send, held to contracts/sendgrid-mail-v3.openapi.json and to the rules that its documentation adds.</summary>
internal sealed class FakeSendGrid : LoopbackServer
{
    /// <summary>"30 MB in all", read the narrow way.</summary>
    public const int MostBytes = 30_000_000;

    private static readonly SendGridError UnknownKey = new("The provided authorization grant is invalid, expired, or revoked");

    private readonly ConcurrentQueue<SentMail> _mails = new();
    private readonly MailContract _contract = new();
    private readonly string _apiKey;
    private readonly string? _keyWithoutMailSend;

    private FakeSendGrid(string apiKey, string? keyWithoutMailSend)
    {
        _apiKey = apiKey;
        _keyWithoutMailSend = keyWithoutMailSend;
    }

    /// <summary>The queued mails in the order of their arrival.</summary>
    public IReadOnlyList<SentMail> Mails => _mails.ToArray();

    /// <param name="apiKey">The key that may send.</param>
    /// <param name="keyWithoutMailSend">A key that exists and may not.</param>
    public static async Task<FakeSendGrid> StartAsync(string apiKey, string? keyWithoutMailSend = null)
    {
        var server = new FakeSendGrid(apiKey, keyWithoutMailSend);
        await server.StartServerAsync();
        return server;
    }

    /// <summary>429, with the time of the next try in X-RateLimit-Reset and no Retry-After.</summary>
    public static Fault RateLimited(DateTimeOffset reset) => Fault.Status(
        429,
        """{"errors":[{"field":null,"message":"too many requests"}]}""",
        headers: [("X-RateLimit-Limit", "600"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))]);

    /// <summary>401 until the month ends, said of a key that is right.</summary>
    public static Fault CreditsUsedUp { get; } = Fault.Status(401, """{"errors":[{"message":"Maximum credits exceeded","field":null,"help":null}]}""");

    /// <summary>403 until the day ends.</summary>
    public static Fault MessagingLimitReached { get; } = Fault.Status(403, """{"errors":[{"message":"You have exceeded your messaging limits","field":null,"help":null}]}""");

    /// <summary>403 until somebody verifies the sender.</summary>
    public static Fault UnverifiedSender { get; } = Fault.Status(
        403,
        """{"errors":[{"message":"The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.","field":"from","help":null}]}""");

    protected override Reply Handle(RecordedRequest request)
    {
        if (request.BearerToken is not { } key || (key != _apiKey && key != _keyWithoutMailSend))
        {
            return SendGridError.Answer(401, UnknownKey);
        }

        return (request.Method, request.Path) switch
        {
            ("POST", "/v3/mail/send") => key == _apiKey ? Send(request) : SendGridError.Answer(403, new SendGridError("access forbidden")),
            ("GET", "/v3/scopes") => Reply.Json(200, new JsonObject { ["scopes"] = key == _apiKey ? new JsonArray("mail.send", "user.scopes.read") : new JsonArray("user.scopes.read") }),
            (_, "/v3/mail/send" or "/v3/scopes") => SendGridError.Answer(405, new SendGridError("method not allowed")),
            _ => SendGridError.Answer(404, new SendGridError("not found")),
        };
    }

    private Reply Send(RecordedRequest request)
    {
        if (request.MediaType("Content-Type") != "application/json")
        {
            return SendGridError.Answer(415, new SendGridError("Content-Type should be application/json."));
        }

        if (request.Content.Length > MostBytes)
        {
            return SendGridError.Answer(413, new SendGridError("The JSON payload you have included in your request is too large."));
        }

        if (Parse(request.Content) is not { } mail)
        {
            return SendGridError.Answer(400, new SendGridError("Bad Request"));
        }

        var errors = _contract.Check(mail);
        if (errors.Count == 0)
        {
            errors = [.. MailRules.Check(mail)];
        }

        if (errors.Count > 0)
        {
            return SendGridError.Answer(400, errors);
        }

        return mail["mail_settings"]?["sandbox_mode"]?["enable"]?.GetValue<bool>() == true ? new Reply(200) : Queue(mail);
    }

    private Reply Queue(JsonObject mail)
    {
        var sent = new SentMail(Guid.NewGuid().ToString("N"), mail);
        _mails.Enqueue(sent);
        return new Reply(202, Headers: ("X-Message-Id", sent.MessageId));
    }

    private static JsonObject? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var mail = JsonNode.Parse(body.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;

            // Half a surrogate pair passes as JSON and only fails when it is read; writing it out reads everything.
            mail?.ToJsonString();
            return mail;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
