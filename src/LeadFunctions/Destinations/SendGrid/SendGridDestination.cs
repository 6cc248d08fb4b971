using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Destinations.Mails;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>Sends a mail about the lead by SendGrid's v3 API, which has no idempotency key: the lead's id goes along in <c>custom_args</c>.</summary>
internal sealed class SendGridDestination(SendGridOptions options, DestinationServices services) : IDestination
{
    private readonly MailWriter _mails = new(options.Mail);
    private readonly CustomerGuard _guard = new(options.Mail, services.CountMail);
    private readonly Uri _send = new(options.Host, "v3/mail/send");

    public bool KeepsState => false;

    public string Preview(LeadDelivery delivery)
    {
        var (mail, fault) = _mails.Write(delivery.Lead, delivery.Answers);
        return mail is null ? fault! : RequestText.Of(HttpMethod.Post, _send, Body(mail, delivery.Lead));
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
        return reply.Outcome(answer => SendGridAnswer.Classify(answer, services.Time.GetUtcNow())) with { Request = RequestText.Of(HttpMethod.Post, _send, body) };
    }

    /// <summary>The key's scopes ("Retrieve a list of scopes"), and a mail in sandbox mode, which SendGrid checks and does not send.</summary>
    public async Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop)
    {
        var templates = _mails.Check(samples);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Host, "v3/scopes"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        var key = SendGridKey.Check(await services.Remote.SendAsync(request, stop));
        if (!key.Passed || _mails.Write(samples[0]).Mail is not { } mail)
        {
            return [key, templates];
        }

        var reply = await PostAsync(RequestText.Readably(SendGridMail.Of(mail, default, sandbox: true)), stop);
        return
        [
            key,
            templates,
            reply is RemoteReply.Answer { Status: >= 200 and < 300 }
                ? new CheckResult($"sandbox mail from {mail.From.Address}", true)
                : new CheckResult($"sandbox mail from {mail.From.Address}", false, SendGridAnswer.Explain(reply)),
        ];
    }

    private async Task<RemoteReply> PostAsync(string body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _send)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        return await services.Remote.SendAsync(request, stop);
    }

    private string Body(Mail mail, Lead lead) => RequestText.Readably(SendGridMail.Of(mail, lead.Id, options.Sandbox));
}
