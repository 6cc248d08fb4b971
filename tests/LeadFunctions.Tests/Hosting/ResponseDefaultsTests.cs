using LeadFunctions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Hosting;

public sealed class ResponseDefaultsTests
{
    /// <summary>
    /// As a stream of HTTP/2 that is reset as soon as it is opened. What has a body may be a lead, though nobody waits for the answer.
    /// </summary>
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public async Task Who_is_gone_before_the_start_and_has_sent_nothing_costs_nothing(bool isGone, bool hasBody, bool isHandled)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        var handled = false;
        app.UseResponseDefaults();
        app.Run(_ =>
        {
            handled = true;
            return Task.CompletedTask;
        });
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(isGone) };
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Body(hasBody));

        await app.Build()(context);

        Assert.Equal(isHandled, handled);
    }

    private sealed record Body(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
