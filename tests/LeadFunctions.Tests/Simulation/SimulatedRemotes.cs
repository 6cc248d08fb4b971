using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Simulation;

/// <summary>How the other side takes a request.</summary>
internal enum RemoteFate
{
    Answers,
    Busy,
    Limited,
    Refuses,
    NeverGetsIt,
    LosesAnswer,
    Hangs,
    HangsUnread,
}

/// <summary>What was done at a destination for one request.</summary>
/// <param name="Program">The program that asked for it.</param>
/// <param name="SentAt">When it did, by the clock that nobody sets, as the other times; it was done up to 45 s later.</param>
internal sealed record RemoteEffect(Guid Id, string Destination, SimulatedProgram Program, TimeSpan SentAt)
{
    /// <summary>When the program heard of it; null: it was no longer there when the answer came, or there was none.</summary>
    public TimeSpan? ToldAt { get; set; }

    /// <summary>When its success was in the store; null: it isn't.</summary>
    public TimeSpan? RecordedAt { get; set; }
}

/// <summary>
/// The destinations: a CRM whose rows have keys (Dataverse's contract of create and upsert), and a system that does something each time
/// it is asked, as a mail service does. What they were told stays, whatever becomes of who told it.
/// </summary>
internal sealed class SimulatedRemotes(SimulatedWorld world)
{
    public const string Crm = "crm";
    public const string Hook = "hook";
    public const string FinalWords = "refused for good";

    public static readonly IReadOnlyList<string> Names = [Crm, Hook];

    /// <summary>By their keys.</summary>
    public Dictionary<Guid, JsonObject> Rows { get; } = [];

    /// <summary>What the hook was told, in this order.</summary>
    public List<RemoteEffect> Told { get; } = [];

    /// <summary>Which were refused for good, by what the destination calls them: a row, or a lead.</summary>
    public HashSet<(string Destination, Guid Id)> Refused { get; } = [];

    public (Guid Id, Func<HttpResponseMessage> Take) Read(
        HttpMethod method, Uri address, string body, SimulatedProgram program, out RemoteEffect effect)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        if (address.Host == Hook)
        {
            var lead = Guid.Parse(json["data"]!["leadId"]!.GetValue<string>());
            var told = effect = new RemoteEffect(lead, Hook, program, world.Loop.Elapsed);
            return (lead, () =>
            {
                Told.Add(told);
                world.Trace($"hook takes {world.Name(lead)}");
                return Answer(HttpStatusCode.OK, "{}");
            }
            );
        }

        var row = Guid.Parse(json["leadid"]!.GetValue<string>());
        effect = new RemoteEffect(row, Crm, program, world.Loop.Elapsed);
        return (row, () =>
        {
            var isThere = Rows.ContainsKey(row);
            world.Trace($"crm {method} {world.Name(row)}{(isThere ? ", there" : "")}");
            if (isThere && method == HttpMethod.Post)
            {
                const string Known = """{"error":{"code":"0x80040237","message":"A record with matching key values already exists."}}""";
                return Answer(HttpStatusCode.PreconditionFailed, Known);
            }

            Rows[row] = json;
            var answer = Answer(HttpStatusCode.NoContent, "");
            answer.Headers.Add("OData-EntityId", $"https://crm.example/api/data/v9.2/leads({row})");
            answer.Headers.Add("OData-Version", "4.0");
            return answer;
        }
        );
    }

    public HttpResponseMessage RefuseForGood(string destination, Guid id)
    {
        Refused.Add((destination, id));
        return Answer(HttpStatusCode.BadRequest, $$$"""{"error":{"code":"0x80048d19","message":"{{{FinalWords}}}"}}""");
    }

    public static HttpResponseMessage Answer(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}

/// <summary>The way to the destinations: requests take their time, and may be lost there or back.</summary>
internal sealed class SimulatedTransport : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var program = SimulatedProgram.Asking;
        var world = program.World;
        var body = SimulatedLoop.Outside(() => request.Content!.ReadAsStringAsync(CancellationToken.None));
        var (id, take) = world.Remotes.Read(request.Method, request.RequestUri!, body, program, out var effect);
        var (fate, there, back, killAfterwards) = world.NextRemoteFate(effect.Destination);
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var isOpen = true;
        cancellationToken.UnsafeRegister(_ => End(() => answer.TrySetCanceled(cancellationToken)), null);

        // The request is on its way whatever becomes of the program; a program that ends or gives up takes back what has not arrived.
        world.Loop.After(there, Arrive);
        return answer.Task;

        void Arrive()
        {
            if (!isOpen || program.Context.IsOver)
            {
                return;
            }

            switch (fate)
            {
                case RemoteFate.Busy:
                    Reply(SimulatedRemotes.Answer(HttpStatusCode.ServiceUnavailable, ""));
                    break;
                case RemoteFate.Limited:
                    var limited = SimulatedRemotes.Answer(HttpStatusCode.TooManyRequests, "");
                    limited.Headers.RetryAfter = new(TimeSpan.FromSeconds(20));
                    Reply(limited);
                    break;
                case RemoteFate.Refuses:
                    Reply(world.Remotes.RefuseForGood(effect.Destination, id));
                    break;
                case RemoteFate.NeverGetsIt:
                    Break();
                    break;
                case RemoteFate.HangsUnread:
                    break;
                case RemoteFate.LosesAnswer:
                    take();
                    Break();
                    break;
                case RemoteFate.Hangs:
                    take();
                    break;
                default:
                    Reply(take());
                    break;
            }

            if (killAfterwards)
            {
                program.Kill();
            }
        }

        void Reply(HttpResponseMessage response) =>
            world.Loop.After(
                back, () => End(() => effect.ToldAt = answer.TrySetResult(response) ? world.Loop.Elapsed : null), program.Context);

        void Break()
        {
            var broken = new HttpRequestException(HttpRequestError.ResponseEnded, "The connection broke.");
            world.Loop.After(back, () => End(() => answer.TrySetException(broken)), program.Context);
        }

        void End(Action end)
        {
            if (isOpen)
            {
                isOpen = false;
                end();
            }
        }
    }
}
