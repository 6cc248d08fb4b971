using System.Net;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Hosting;

/// <summary>A program without keys serves this machine alone; what a proxy or another name leads to it comes from elsewhere.</summary>
public sealed class ForwardedTests
{
    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Host", "leads.contoso.example")]
    public async Task The_run_history_is_closed_to_it(string header, string value)
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs");
        request.Headers.Add(header, value);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Its_leads_are_not_taken()
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new StringContent(Samples.Documented) };
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task With_keys_both_serve_it()
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", "a-key-for-the-intake"), ("Runs:Keys:0", "a-key-for-the-runs")]);
        app.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        using var posted = await app.PostAsync(Samples.Documented, path: "/api/leads?code=a-key-for-the-intake");
        using var runs = await app.Client.GetAsync("/api/runs?code=a-key-for-the-runs", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, runs.StatusCode);
    }
}
