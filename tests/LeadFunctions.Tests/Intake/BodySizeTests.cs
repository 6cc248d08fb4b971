using System.Net;
using System.Text;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class BodySizeTests
{
    [Theory]
    [InlineData(2048, false)]
    [InlineData(2048, true)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public async Task The_exact_limit_passes_and_a_byte_more_does_not(int limit, bool chunked)
    {
        await using var app = await LeadApp.StartAsync([("Intake:MaxBodyBytes", $"{limit}")]);

        using var exact = await PostAsync(app, Body(limit), chunked);
        Assert.Equal(HttpStatusCode.Accepted, exact.StatusCode);

        var tooLarge = Body(limit + 1);
        using var response = await PostAsync(app, tooLarge, chunked);
        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains($"{limit} bytes", Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
        var kept = await app.Store.FindRefusedAsync(answer.RefusedId!.Value);
        Assert.Equal(tooLarge[..limit], kept!.Body.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_many_megabytes_still_gets_its_answer(bool chunked)
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await PostAsync(app, Body(10_000_000), chunked);

        await ProblemAnswer.ReadAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    private static byte[] Body(int length)
    {
        const string Frame = """{"Description":""}""";
        return Encoding.UTF8.GetBytes(Frame.Insert(Frame.Length - 2, new string('x', length - Frame.Length)));
    }

    private static Task<HttpResponseMessage> PostAsync(LeadApp app, byte[] body, bool chunked)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        return app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
