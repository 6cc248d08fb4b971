using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using SendGrid;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>
/// Sends a mail about the lead by SendGrid's own library. Its API has no idempotency key: the lead's id goes along in <c>custom_args</c>.
/// </summary>
internal sealed class SendGridDestination(SendGridOptions options, DestinationServices services) : IDestination
{
    private readonly SendGridClient _client = new(
        RemoteClientHandler.CreateClient(services.Remote),
        new SendGridClientOptions { ApiKey = options.ApiKey, Host = options.Host.GetLeftPart(UriPartial.Authority) });

    private readonly MailWriter _mails = new(options.Mail);
    private readonly CustomerGuard _guard = new(options.Mail, services.CountMail);
    private readonly Uri _send = new(options.Host, "v3/mail/send");

    public string Preview(LeadDelivery delivery)
    {
        var (mail, fault) = _mails.Write(delivery.Lead, delivery.Answers);
        return mail is null ? fault! : Shown(Body(mail, delivery.Lead));
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        if (_guard.Skip(delivery.Lead) is { } skipped)
        {
            return skipped;
        }

        var (mail, fault) = _mails.Write(delivery.Lead, delivery.Answers);
        if (mail is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        if (await _guard.CountAsync(delivery, mail) is { } enough)
        {
            return enough;
        }

        var body = Body(mail, delivery.Lead);
        var reply = await PostAsync(body, stop);
        var outcome = RemoteOutcome.Of(reply, answer => SendGridResponse.Classify(answer, services.Time.GetUtcNow()));
        return outcome with { Request = Shown(body) };
    }

    /// <summary>
    /// The key's scopes ("Retrieve a list of scopes"), and a mail in sandbox mode, which SendGrid checks and does not send.
    /// </summary>
    public async Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop)
    {
        var templates = _mails.Check(samples);
        var key = SendGridKey.Check(
            await ReplyAsync(_client.RequestAsync(BaseClient.Method.GET, urlPath: "scopes", cancellationToken: stop), stop));
        if (!key.Passed || _mails.Write(samples[0]).Mail is not { } mail)
        {
            return [key, templates];
        }

        var reply = await PostAsync(SendGridMail.Json(SendGridMail.Of(mail, default, sandbox: true, options.Categories)), stop);
        return
        [
            key,
            templates,
            reply is RemoteReply.Response { Status: >= 200 and < 300 }
                ? new CheckResult($"sandbox mail from {mail.From.Address}", true)
                : new CheckResult($"sandbox mail from {mail.From.Address}", false, SendGridResponse.Explain(reply)),
        ];
    }

    private Task<RemoteReply> PostAsync(string body, CancellationToken stop) =>
        ReplyAsync(_client.RequestAsync(BaseClient.Method.POST, body, urlPath: "mail/send", cancellationToken: stop), stop);

    /// <summary>The library throws for no status; where there was no answer, what became of the request passes through it.</summary>
    private static async Task<RemoteReply> ReplyAsync(Task<Response> sending, CancellationToken stop)
    {
        try
        {
            var response = await sending;
            return new RemoteReply.Response(
                (int)response.StatusCode,
                response.Headers,
                response.Body.Headers.ContentType?.MediaType,
                await response.Body.ReadAsStringAsync(stop));
        }
        catch (NoResponseException exception)
        {
            return exception.Reply;
        }
    }

    private string Body(Mail mail, Lead lead) => SendGridMail.Json(SendGridMail.Of(mail, lead.Id, options.Sandbox, options.Categories));

    private string Shown(string body) => RequestText.Of(HttpMethod.Post, _send, body);
}
