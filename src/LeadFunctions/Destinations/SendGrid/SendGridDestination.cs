using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Destinations.Http;
using LeadFunctions.Destinations.Mails;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>Sends a mail about the lead by SendGrid's v3 API, which has no idempotency key: the lead's id goes along in <c>custom_args</c>.</summary>
internal sealed class SendGridDestination(SendGridOptions options, DestinationServices services) : IDestination
{
    private readonly MailWriter _mails = new(options.Mail);
    private readonly Uri _send = new(options.Host, "v3/mail/send");

    public bool KeepsState => false;

    public string Preview(LeadDelivery delivery)
    {
        var (mail, fault) = _mails.Write(delivery.Lead);
        return mail is null ? fault! : RequestText.Of(HttpMethod.Post, _send, Body(mail, delivery.Lead));
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        var (mail, fault) = _mails.Write(delivery.Lead);
        if (mail is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        var body = Body(mail, delivery.Lead);
        using var request = new HttpRequestMessage(HttpMethod.Post, _send)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        var reply = await services.Remote.SendAsync(request, stop);
        return reply.Outcome(answer => SendGridAnswer.Classify(answer, services.Time.GetUtcNow())) with { Request = RequestText.Of(HttpMethod.Post, _send, body) };
    }

    private string Body(Mail mail, Lead lead) => RequestText.Readably(SendGridMail.Of(mail, lead.Id, options.Sandbox));
}
