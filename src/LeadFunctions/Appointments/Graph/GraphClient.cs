using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Reads from Microsoft Graph. It waits when Graph asks for that, unless it would take long. Throws
/// <see cref="GraphUnavailableException"/> when Graph gives nothing that can be used.
/// </summary>
/// <param name="signInClient">How Azure.Identity reaches the sign-in service; null for its own way.</param>
internal sealed class GraphClient(BookingsOptions options, RemoteClient remote, TimeProvider time, HttpClient? signInClient = null)
{
    private const int MostOfAnswer = 32 * 1024 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    private readonly EntraTokens _tokens = new(options.SignIn, options.Graph, time, signInClient);

    /// <summary>How often it waits at most before it gives up on an answer.</summary>
    public int MostWaits { get; init; } = 5;

    /// <summary>The resource at an address; null when there is none.</summary>
    public async Task<JsonElement?> FindAsync(Uri address, CancellationToken stop)
    {
        var renewed = false;
        for (var waits = 0; ; waits++)
        {
            var token = await TokenAsync(stop);
            var answer = await AskAsync(address, token, stop);
            if (answer.Status == 401 && token is not null && !renewed)
            {
                await _tokens.RefusedAsync(token, stop);
                renewed = true;
                continue;
            }

            var fault = GraphResponse.Fault(answer, time.GetUtcNow());
            if (fault is null)
            {
                return answer.Status == 200 ? Read(answer) : null;
            }

            if (fault.Wait is not { } wait || wait > LongestWait || waits >= MostWaits)
            {
                throw new GraphUnavailableException(fault);
            }

            await Task.Delay(wait, time, stop);
        }
    }

    private async Task<string?> TokenAsync(CancellationToken stop)
    {
        try
        {
            return await _tokens.GetAsync(stop);
        }
        catch (NoTokenException exception)
        {
            var words = $"No token for {options.Graph.Host}: {exception.Message}";
            throw new GraphUnavailableException(new GraphFault(GraphFaultKind.SignIn, null, words, exception.Wait));
        }
    }

    private async Task<RemoteReply.Response> AskAsync(Uri address, string? token, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var most = new CancellationTokenSource(MostTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(most.Token, stop);
        try
        {
            return await remote.SendAsync(request, either.Token, most: MostOfAnswer) switch
            {
                RemoteReply.Response answer => answer,
                RemoteReply.NoResponse none => throw Down(none.Message),
                var other => throw new InvalidOperationException($"No way to read {other.GetType().Name}."),
            };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Down($"{options.Graph.Host} gave no answer within {MostTime.TotalSeconds:0} seconds.");
        }
    }

    private static JsonElement Read(RemoteReply.Response answer)
    {
        try
        {
            // Half of a surrogate pair, which some customer typed, must not make the whole list unreadable.
            var body = JsonElement.Parse(BodyText.Utf8(Encoding.UTF8.GetBytes(answer.Body)).Span);
            return body.ValueKind != JsonValueKind.Object ? throw Unexpected(answer)
                : body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                    ? throw new GraphUnavailableException(GraphResponse.InBody(answer))
                : body;
        }
        catch (JsonException)
        {
            throw Unexpected(answer);
        }
    }

    private static GraphUnavailableException Down(string reason) => new(new GraphFault(GraphFaultKind.Down, null, reason));

    private static GraphUnavailableException Unexpected(RemoteReply.Response answer) =>
        new(
            new GraphFault(
                GraphFaultKind.Unexpected,
                answer.Status,
                $"Expected JSON from Graph, but the answer was {answer.MediaType ?? "of no type"} and could not be read as JSON."));
}
