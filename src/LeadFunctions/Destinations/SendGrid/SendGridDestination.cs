using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Destinations.Mails;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>Sends a mail about the lead by SendGrid's v3 API, which has no idempotency key: the lead's id goes along in <c>custom_args</c>.</summary>
internal sealed class SendGridDestination(SendGridOptions options, DestinationServices services) : IDestination
{
    private readonly MailWriter _mails = new(options.Mail);
    private readonly Uri _send = new(options.Host, "v3/mail/send");

    public async Task<DeliveryOutcome> SendAsync(Lead lead, CancellationToken stop)
    {
        var (mail, fault) = _mails.Write(lead);
        if (mail is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _send)
        {
            Content = new StringContent(SendGridMail.Of(mail, lead.Id, options.Sandbox).ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        var reply = await services.Remote.SendAsync(request, stop);
        return reply.Outcome(answer => SendGridAnswer.Classify(answer, services.Time.GetUtcNow()));
    }
}
