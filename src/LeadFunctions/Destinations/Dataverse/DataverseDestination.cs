using System.Net.Http.Headers;
using System.Text;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>
/// Creates the lead's row by the Dataverse Web API. The row's key is ours, so that a second attempt finds the first one's row. Leads that
/// are about one row share it: the first one makes it, the others change it (upsert).
/// </summary>
internal sealed class DataverseDestination(DataverseOptions options, DestinationServices services) : IDestination
{
    private readonly RowWriter _rows = new(options.Row);
    private readonly EntraTokens _tokens = new(options.SignIn, options.Url, services.Time, services.SignInClient);
    private readonly Uri _table = new(options.Url, $"api/data/v9.2/{options.Table}");

    public string Preview(LeadDelivery delivery)
    {
        var (row, fault) = _rows.Write(delivery.Lead, delivery.Answers);
        var (method, url) = MethodAndUrl(delivery.Lead);
        return row is null ? fault! : RequestText.Of(method, url, RequestText.Json(row));
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        var lead = delivery.Lead;
        var (row, fault) = _rows.Write(lead, delivery.Answers);
        if (row is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        var body = RequestText.Json(row);
        var (method, url) = MethodAndUrl(lead);
        var hasToken = false;
        try
        {
            var token = await _tokens.GetAsync(stop);
            hasToken = true;
            var reply = await WriteAsync(method, url, body, token, stop);
            if (reply is RemoteReply.Response { Status: 401 } && token is not null)
            {
                await _tokens.RefusedAsync(token, stop);
                reply = await WriteAsync(method, url, body, await _tokens.GetAsync(stop), stop);
            }

            var (isCreate, rowId, now) = (method == HttpMethod.Post, lead.RowId.ToString(), services.Time.GetUtcNow());
            var outcome = RemoteOutcome.Of(reply, response => DataverseResponse.Classify(response, isCreate, rowId, now));
            return outcome with { Request = RequestText.Of(method, url, body) };
        }
        catch (OperationCanceledException) when (!hasToken)
        {
            return new DeliveryOutcome.Retry(null, $"No token for {options.Url.Host} within the attempt's time. Nothing was sent.");
        }
        catch (NoTokenException exception)
        {
            // It may be repaired without a resubmit: a new secret, a service that is back.
            return new DeliveryOutcome.Retry(null, $"No token for {options.Url.Host}: {exception.Message}", exception.Wait);
        }
    }

    public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) =>
        new DataverseCheck(options, _tokens, services.Remote).RunAsync(samples, stop);

    private (HttpMethod Method, Uri Url) MethodAndUrl(Lead lead) =>
        lead.SharedRow is null ? (HttpMethod.Post, _table) : (HttpMethod.Patch, new Uri($"{_table}({lead.RowId})"));

    private async Task<RemoteReply> WriteAsync(HttpMethod method, Uri url, string body, string? token, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Add("OData-Version", "4.0");
        request.Headers.Add("OData-MaxVersion", "4.0");
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await services.Remote.SendAsync(request, stop);
    }
}
