using System.Text;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>What the Functions host sends to a custom handler, as a host of version 4.1037 was seen to send it.</summary>
internal static class HostCalls
{
    /// <summary>The host has checked it and passes it on all the same.</summary>
    public const string FunctionKey = "a-function-key-that-only-the-host-knows";

    private const string Timer = """
        {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-11-21T08:59:00+00:00","Next":"2026-11-21T09:00:00+00:00","LastUpdated":"2026-11-21T08:59:00+00:00"},"IsPastDue":false}},
        "Metadata":{"sys":{"MethodName":"deliver","UtcNow":"2026-11-21T09:00:00.0012345Z","RandGuid":"0b5b0e3c-3b0f-4f7e-9a55-6a9b3a1c2d3e"}}}
        """;

    /// <summary>A lead's post, proxied: with the caller's host and scheme, and with the key.</summary>
    public static async Task<HttpResponseMessage> ProxyAsync(this LeadProcess program, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/leads?code={FunctionKey}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-functions-key", FunctionKey);
        request.Headers.Add("X-Azure-Functions-InvocationId", ["from-the-client", Guid.NewGuid().ToString()]);
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0.0");
        request.Headers.Add("X-Forwarded-Host", "contoso.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        return await program.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The timer's call. It ends when the program has answered it.</summary>
    public static Task<HttpResponseMessage> CallTimerAsync(this LeadProcess program) => program.PostAsync(Timer, "/deliver");
}
