using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// Posts numbered leads as long as there are any. What isn't acknowledged is posted again with the same body, as a careful caller does; of every fourth lead whose
/// answer was lost nothing is known, and it is counted apart.
/// </summary>
internal sealed class SoakSenders : IDisposable
{
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromMilliseconds(40);

    private readonly SoakPlan _plan;
    private readonly SoakLedger _ledger;
    private readonly IReadOnlyList<SoakProgram> _programs;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly (string Before, string After) _body;
    private readonly TaskCompletionSource[] _taken;
    private readonly Stopwatch _clock;
    private int _posted;

    /// <param name="sample">A lead as a publisher gets it; its e-mail address is replaced.</param>
    /// <param name="clock">The soak's time.</param>
    public SoakSenders(SoakPlan plan, SoakLedger ledger, IReadOnlyList<SoakProgram> programs, string sample, Stopwatch clock)
    {
        (_plan, _ledger, _programs, _clock) = (plan, ledger, programs, clock);
        const string Address = "someone@";
        var at = sample.IndexOf(Address, StringComparison.Ordinal);
        _body = ($"{sample[..at]}{SoakDestinations.Marker}", sample[(at + Address.Length - 1)..]);
        _taken = [.. programs.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    }

    /// <summary>How many leads have been posted at least once.</summary>
    public int Posted => Math.Min(Volatile.Read(ref _posted), _plan.Leads);

    /// <summary>Ends with the next lead that this program acknowledges.</summary>
    public Task NextAcceptedBy(int instance)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _taken[instance], next);
        return next.Task;
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, _plan.Senders).Select(_ => Task.Run(() => SendAsync(stop), stop)));

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(CancellationToken stop)
    {
        // A program that doesn't keep up with the plan may go on for as long as there are kills.
        while (!(_clock.Elapsed > _plan.KillingTime) && Interlocked.Increment(ref _posted) - 1 is var number && number < _plan.Leads)
        {
            if (_plan.PostingTime * number / _plan.Leads - _clock.Elapsed is { } early && early > TimeSpan.Zero)
            {
                await Task.Delay(early, stop);
            }

            while (_ledger.Waiting > _plan.MostWaiting)
            {
                await Task.Delay(UntilNextTry, stop);
            }

            for (var instance = number; !await PostAsync(number, instance % _programs.Count, stop); instance++)
            {
                await Task.Delay(UntilNextTry, stop);
            }
        }
    }

    /// <summary>False when it must be posted again.</summary>
    private async Task<bool> PostAsync(int number, int instance, CancellationToken stop)
    {
        var program = _programs[instance];
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(program.Url, "/api/leads"));
        request.Content = new StringContent(
            _body.Before + number.ToString("D" + SoakDestinations.Digits, CultureInfo.InvariantCulture) + _body.After, Encoding.UTF8, "application/json");
        request.Headers.Add("x-functions-key", program.Key);
        try
        {
            using var response = await _client.SendAsync(request, stop);
            var answer = await response.Content.ReadAsByteArrayAsync(stop);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                _ledger.Answer((int)response.StatusCode);
                return false;
            }

            using var json = JsonDocument.Parse(answer);
            var root = json.RootElement;
            _ledger.Acknowledge(number, root.GetProperty("leadId").GetGuid(), root.GetProperty("duplicate").GetBoolean());
            Volatile.Read(ref _taken[instance]).TrySetResult();
            return true;
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // Never sent.
            return false;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or SocketException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            _ledger.NoResponse();
            if (number % 4 != 3)
            {
                return false;
            }

            _ledger.SetApart();
            return true;
        }
    }
}
