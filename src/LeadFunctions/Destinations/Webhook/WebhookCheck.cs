using System.Net;
using System.Net.Sockets;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// Asks for what a call needs: templates that render, a host that takes connections, a token. The call itself would do something
/// there, so whether it is taken shows only with the first lead.
/// </summary>
internal sealed class WebhookCheck(WebhookOptions options, OAuthTokens? tokens, TimeProvider time)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(IReadOnlyList<Lead> samples, CancellationToken stop)
    {
        var results = new List<CheckResult> { SampleLeads.Try(samples, Fault) };
        // Beyond every reach a proxy may stand between, which alone knows the way.
        if (options.Reach != Reach.Anywhere)
        {
            results.Add(await ConnectAsync(stop));
        }

        if (tokens is not null)
        {
            var (token, failure) = await tokens.GetAsync(stop);
            results.Add(new CheckResult("sign-in", token is not null, failure?.Fault));
        }

        return results;
    }

    private string? Fault(Lead lead)
    {
        var (_, fault) = WebhookRequest.Of(options, new LeadDelivery(0, lead, "", 0, 0), time.GetUtcNow());
        return fault;
    }

    private async Task<CheckResult> ConnectAsync(CancellationToken stop)
    {
        var origin = options.Url.Origin;
        var what = $"connect to {origin.Host}";
        try
        {
            await using var connection = await GuardedConnection.ConnectAsync(
                options.Reach,
                new DnsEndPoint(origin.Host.Trim('[', ']'), origin.Port),
                stop);
            return new CheckResult(what, true);
        }
        catch (AddressRefusedException exception)
        {
            return new CheckResult(what, false, exception.Message);
        }
        catch (SocketException exception)
        {
            return new CheckResult(
                what,
                false,
                $"{exception.Message}. Check the host in Url, and whether a firewall lets this machine out.");
        }
    }
}
