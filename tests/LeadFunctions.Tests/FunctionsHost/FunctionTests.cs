using System.Text.Json;
using LeadFunctions.FunctionsHost;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>The functions that the host is told of.</summary>
public sealed class FunctionTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private IReadOnlyList<PlayedFunction> Functions => shared.Program.Host.Functions;

    [Fact]
    public void There_are_these_and_no_others() =>
        Assert.Equal(
            ["appointments", "deliver", "health", "leads", "openapi", "readbookings", "runs", "sweep"],
            Functions.Select(function => function.Name));

    [Theory]
    [InlineData("leads", "leads", "function", "post")]
    [InlineData("appointments", "appointments/{event}", "function", "post")]
    [InlineData("health", "health/{*path}", "anonymous", "get")]
    [InlineData("runs", "runs/{*path}", "anonymous", "get post")]
    [InlineData("openapi", "openapi.json", "anonymous", "get")]
    public void A_function_binds_its_documented_route(string name, string route, string authLevel, string methods)
    {
        var function = Functions.Single(known => known.Name == name);

        Assert.Equal((route, authLevel), (function.Route, function.Text("authLevel")?.ToLowerInvariant()));
        Assert.Equal(methods.ToUpperInvariant().Split(' '), function.Methods);
        Assert.Equal(
            "$return",
            Assert.Single(function.Bindings, binding => binding.GetProperty("type").GetString() == "http").GetProperty("name").GetString());
    }

    [Fact]
    public void The_queue_wakes_delivery_and_its_encoding_is_the_sender_s()
    {
        var function = Functions.Single(known => known.Name == "deliver");
        var queues = JsonElement
            .Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))
            .GetProperty("extensions")
            .GetProperty("queues");

        Assert.Equal(("queueTrigger", "lead-deliveries"), (function.Type, function.Text("queueName")));
        Assert.Equal("base64", queues.GetProperty("messageEncoding").GetString());
    }

    [Theory]
    [InlineData("sweep")]
    [InlineData("readbookings")]
    public void A_timer_calls_every_minute(string name)
    {
        var function = Functions.Single(known => known.Name == name);

        Assert.Equal(("timerTrigger", "0 * * * * *"), (function.Type, function.Text("schedule")));
    }

    [Fact]
    public async Task Each_route_of_the_program_is_let_through_by_one_function_and_each_function_leads_to_a_route()
    {
        await using var app = await LeadApp.StartAsync();
        // The routes are made when somebody asks for anything but a lead.
        using var live = await app.Client.GetAsync("/api/health/live", TestContext.Current.CancellationToken);
        (string Method, PathString Path)[] routes =
        [
            .. app
                .App.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(endpoint =>
                    endpoint
                        .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                        .HttpMethods.Select(method => (method, new PathString("/" + endpoint.RoutePattern.RawText!.Trim('/'))))),
        ];
        var http = Functions.Where(function => function.IsHttp).ToArray();

        Assert.NotEmpty(routes);
        // One alone: the host looks at them in the alphabet's order, not at the one that fits best.
        Assert.All(routes, route => Assert.Single(http, function => function.Takes(route.Method, route.Path)));
        Assert.All(http, function => Assert.Contains(routes, route => function.Takes(route.Method, route.Path)));
    }
}
