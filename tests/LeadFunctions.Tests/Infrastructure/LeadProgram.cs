using System.Text;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The built program as a process of its own, alone or behind a host, to be stopped as systems stop it: in order, or by a kill that it can't notice.</summary>
internal abstract class LeadProgram : IAsyncDisposable
{
    /// <summary>For requests to the program, by way of its host where it has one.</summary>
    public abstract HttpClient Client { get; }

    public abstract int Id { get; }

    /// <summary>Everything that it has printed and logged so far.</summary>
    public abstract string Output { get; }

    public Task<HttpResponseMessage> PostAsync(string body, string path = "/api/leads") =>
        Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    /// <summary>kill -9: it notices nothing.</summary>
    public abstract Task KillAsync();

    /// <summary>Tells it to end; returns the exit code.</summary>
    public abstract Task<int> TerminateAsync();

    public abstract ValueTask DisposeAsync();
}
