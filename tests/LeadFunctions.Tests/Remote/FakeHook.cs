namespace LeadFunctions.Tests.Remote;

/// <summary>Somebody's HTTP API: it answers every request as the test says.</summary>
internal sealed class FakeHook : LoopbackServer
{
    private readonly Func<RecordedRequest, Reply> _answer;

    private FakeHook(Func<RecordedRequest, Reply> answer) => _answer = answer;

    public static async Task<FakeHook> StartAsync(Func<RecordedRequest, Reply>? answer = null)
    {
        var server = new FakeHook(answer ?? (_ => new Reply(204)));
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request) => _answer(request);
}
