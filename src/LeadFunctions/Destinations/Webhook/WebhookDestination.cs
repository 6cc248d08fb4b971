using System.Net.Http.Headers;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>Calls another system's HTTP API about the lead, as the publisher's templates say.</summary>
internal sealed class WebhookDestination(WebhookOptions options, DestinationServices services) : IDestination
{
    private readonly OAuthTokens? _tokens = options.Auth.OAuth is { } oauth ? new OAuthTokens(oauth, options.Secrets, services) : null;

    public string Preview(LeadDelivery delivery)
    {
        var (request, fault) = WebhookRequest.Of(options, delivery, services.Time.GetUtcNow());
        return request?.Shown(options) ?? fault!;
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        var (request, fault) = WebhookRequest.Of(options, delivery, services.Time.GetUtcNow());
        if (request is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        if (_tokens is null)
        {
            return Outcome(request, await SendAsync(request, options.Auth.Fixed, stop));
        }

        var (token, failure) = await TokenAsync(_tokens, stop);
        if (token is null)
        {
            return failure!;
        }

        var reply = await SendAsync(request, Bearer(token), stop);
        if (reply is RemoteReply.Response { Status: 401 })
        {
            await _tokens.RefusedAsync(token, stop);
            (token, failure) = await TokenAsync(_tokens, stop);
            if (token is null)
            {
                return failure!;
            }

            reply = await SendAsync(request, Bearer(token), stop);
        }

        return Outcome(request, reply, token);
    }

    public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) =>
        new WebhookCheck(options, _tokens, services.Time).RunAsync(samples, stop);

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private static async Task<(string? Token, DeliveryOutcome? Failure)> TokenAsync(OAuthTokens tokens, CancellationToken stop)
    {
        try
        {
            return await tokens.GetAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return (null, new DeliveryOutcome.Retry(null, "No token within the attempt's time. Nothing was sent."));
        }
    }

    /// <param name="token">The answer may repeat it.</param>
    private DeliveryOutcome Outcome(WebhookRequest request, RemoteReply reply, string? token = null)
    {
        if (token is not null && reply is RemoteReply.Response response)
        {
            reply = response with { Body = new SecretTexts([token]).Hide(response.Body) };
        }

        return RemoteOutcome.Of(reply, answer => WebhookResponse.Classify(answer, options, services.Time.GetUtcNow())) with
        {
            Request = request.Shown(options),
        };
    }

    private async Task<RemoteReply> SendAsync(WebhookRequest request, AuthenticationHeaderValue? authorization, CancellationToken stop)
    {
        using var message = request.Message(authorization);
        return await services.Remote.SendAsync(message, stop, options.Reach, options.Keep.Reads);
    }
}
