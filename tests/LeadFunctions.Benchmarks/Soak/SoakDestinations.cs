using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LeadFunctions.Tests.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// Dataverse and SendGrid on this machine, in trouble by turns. They outlive the programs and keep of a lead no more than the ledger does. At each start a
/// program gets another key for SendGrid, so that it is known whose attempt a kill has cut off.
/// </summary>
internal sealed class SoakDestinations : IAsyncDisposable
{
    private const string KeyStart = "SG.a-key-for-the-soak.";

    /// <summary>What a lead's e-mail address begins with, before its number.</summary>
    public const string Marker = "soak-";

    /// <summary>How many digits the number has.</summary>
    public const int Digits = 8;

    private readonly WebApplication _app;
    private readonly SoakLedger _ledger;
    private readonly SoakTurns[] _turns;
    private readonly int _contractEvery;
    private readonly DataverseTable _table = new();
    private readonly MailContract _mail = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private string _url = "";
    private int _requests;

    private SoakDestinations(SoakPlan plan, SoakLedger ledger)
    {
        _ledger = ledger;
        _contractEvery = plan.ContractEvery;
        _turns = [new SoakTurns(plan.Seed, plan.LongestTurn), new SoakTurns(~plan.Seed, plan.LongestTurn)];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => async connection =>
        {
            var kept = new SoakConnection();
            connection.Items[typeof(SoakConnection)] = kept;
            await next(connection);
            kept.End(_ledger, Now);
        })));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Milliseconds since the start.</summary>
    public int Now => (int)Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Those of Dataverse and of SendGrid.</summary>
    public IReadOnlyList<SoakTurns> Turns => _turns;

    public static async Task<SoakDestinations> StartAsync(SoakPlan plan, SoakLedger ledger)
    {
        var destinations = new SoakDestinations(plan, ledger);
        await destinations._app.StartAsync();
        destinations._url = destinations._app.Urls.Single();
        return destinations;
    }

    /// <summary>Turns until they heal.</summary>
    public Task RunTurnsAsync(CancellationToken stop) => Task.WhenAll(_turns.Select(turns => turns.RunAsync(stop)));

    public void Heal() => Array.ForEach(_turns, turns => turns.Heal());

    public IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Destinations__crm__Kind", "Dataverse"),
        ("Destinations__crm__Url", _url),
        ("Destinations__crm__Auth", "None"),
        ("Destinations__mail__Kind", "SendGrid"),
        ("Destinations__mail__Host", _url),
        ("Destinations__mail__From", "leads@contoso.example"),
        ("Destinations__mail__To", "sales@contoso.example"),
    ];

    /// <summary>What a program shows to SendGrid after this start.</summary>
    public static (string Key, string Value) Key(SoakProcess process) => ("Destinations__mail__ApiKey", $"{KeyStart}{process.Instance}.{process.Start}");

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
        try
        {
            var arrived = Now;
            var connection = (SoakConnection)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[typeof(SoakConnection)]!;
            connection.Next();
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, gone.Token);
            var isRow = context.Request.Path.StartsWithSegments("/api/data/v9.2", StringComparison.Ordinal);
            var request = new Request(context, connection, body.GetBuffer().AsMemory(0, (int)body.Length), isRow, arrived, Interlocked.Increment(ref _requests));
            await AnswerAsync(request, _turns[isRow ? 0 : 1].Current, gone.Token);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException or BadHttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(Request request, SoakTurn turn, CancellationToken gone)
    {
        var chance = Random.Shared.Next(4);
        switch (turn)
        {
            case SoakTurn.Slow:
                await Task.Delay(Random.Shared.Next(50, 400), gone);
                await TakeAsync(request, lose: false, gone);
                break;
            case SoakTurn.Failing when chance < 2:
                await Failure(Random.Shared.Next(3)).SendAsync(request.Context);
                break;
            case SoakTurn.Hanging when chance == 0:
                await Task.Delay(Timeout.Infinite, gone);
                break;
            case SoakTurn.Breaking when chance < 2:
                request.Context.Abort();
                break;
            case SoakTurn.Late when chance == 0:
                await TakeAsync(request, lose: true, gone);
                await Task.Delay(Timeout.Infinite, gone).ContinueWith(_ => { }, TaskScheduler.Default);
                await new Reply(204).SendAsync(request.Context);
                break;
            case SoakTurn.Losing when chance < 2:
                await TakeAsync(request, lose: true, gone);
                request.Context.Abort();
                break;
            default:
                await TakeAsync(request, lose: false, gone);
                break;
        }
    }

    private static Reply Failure(int which) => which switch
    {
        0 => new Reply(429, Headers: ("Retry-After", "1")),
        1 => new Reply(500),
        _ => new Reply(503),
    };

    /// <summary>Does what was asked, and answers unless the answer is to be lost.</summary>
    private async Task TakeAsync(Request request, bool lose, CancellationToken gone)
    {
        if (Find(request.Body.Span, Encoding.ASCII.GetBytes(Marker)) is not { } at
            || !Utf8Parser.TryParse(request.Body.Span.Slice(at, Digits), out int number, out _) || number >= _ledger.Leads)
        {
            _ledger.Fault($"A request that belongs to no lead: {request.Context.Request.Method} {request.Context.Request.Path}");
            await new Reply(404).SendAsync(request.Context);
            return;
        }

        if (request.Nth % _contractEvery == 0 && Violation(request) is { } violation)
        {
            _ledger.Fault($"Lead {number}: {violation}");
            await new Reply(400, violation, "text/plain").SendAsync(request.Context);
            return;
        }

        if (request.IsRow)
        {
            await TakeRowAsync(request, number, lose);
        }
        else
        {
            await TakeMailAsync(request, number, lose, gone);
        }
    }

    private async Task TakeRowAsync(Request request, int number, bool lose)
    {
        var id = GuidAfter(request.Body.Span, "\"leadid\":\""u8);
        var isNew = _ledger.TakeRow(number, id);
        if (!lose)
        {
            await (isNew
                ? new Reply(204, Headers: [("OData-EntityId", $"http://{request.Context.Request.Host}/api/data/v9.2/leads({id})"), ("OData-Version", "4.0")])
                : DataverseError.AlreadyThere().ToReply()).SendAsync(request.Context);
        }
    }

    private async Task TakeMailAsync(Request request, int number, bool lose, CancellationToken gone)
    {
        if (SenderOf(request.Context.Request.Headers.Authorization.ToString()) is not { } sender)
        {
            _ledger.Fault($"Lead {number}: the mail has a key that nobody was given.");
            await new Reply(401).SendAsync(request.Context);
            return;
        }

        var nth = _ledger.TakeMail(number, sender, request.Arrived);
        var isAnswered = false;
        try
        {
            if (!lose)
            {
                await new Reply(202, Headers: ("X-Message-Id", "soak")).SendAsync(request.Context);
                await request.Context.Response.CompleteAsync();
                isAnswered = !gone.IsCancellationRequested;
            }
        }
        finally
        {
            _ledger.AnswerMail(number, nth, isAnswered ? null : Now);
            request.Connection.Answer(number, nth, Now);
        }
    }

    private static SoakProcess? SenderOf(string authorization)
    {
        const string Start = $"Bearer {KeyStart}";
        return authorization.StartsWith(Start, StringComparison.Ordinal) && authorization[Start.Length..].Split('.') is [var instance, var start]
            ? new SoakProcess(int.Parse(instance, CultureInfo.InvariantCulture), int.Parse(start, CultureInfo.InvariantCulture))
            : null;
    }

    private string? Violation(Request request)
    {
        if (request.IsRow)
        {
            return _table.Read(request.Body).Error is { } error ? $"the row is refused: {error}" : null;
        }

        var mail = JsonNode.Parse(request.Body.Span)!.AsObject();
        SendGridError[] errors = [.. _mail.Check(mail), .. MailRules.Check(mail)];
        return errors.Length > 0 ? $"the mail is refused: {string.Join("; ", errors.Select(error => error.ToString()))}" : null;
    }

    private static Guid GuidAfter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name) =>
        Find(body, name) is { } at && Utf8Parser.TryParse(body.Slice(at, 36), out Guid id, out _) ? id : Guid.Empty;

    /// <summary>Where the text ends; null: it isn't there.</summary>
    private static int? Find(ReadOnlySpan<byte> body, ReadOnlySpan<byte> text) => body.IndexOf(text) is >= 0 and var at ? at + text.Length : null;

    /// <param name="Nth">Which of all requests it is.</param>
    private sealed record Request(HttpContext Context, SoakConnection Connection, ReadOnlyMemory<byte> Body, bool IsRow, int Arrived, int Nth);
}
