using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Deploy;

/// <summary>The functions that the host knows, and the routes that the program has: what one lacks the other can't serve.</summary>
public sealed class FunctionRouteTests
{
    [Fact]
    public async Task Each_route_of_the_program_is_let_through_by_a_function_and_each_function_leads_to_a_route()
    {
        await using var app = await LeadApp.StartAsync([("FUNCTIONS_CUSTOMHANDLER_PORT", $"{LeadProcess.FreePort()}"), ("AZURE_FUNCTIONS_ENVIRONMENT", "Development")]);
        var routes = app.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => (Method: method, Path: endpoint.RoutePattern.RawText!.Trim('/'))))
            .ToArray();
        var functions = Directory.EnumerateDirectories(Repository.Root).Where(folder => File.Exists(Path.Combine(folder, "function.json"))).Select(Function.Read).ToArray();

        Assert.NotEmpty(routes);
        Assert.All(routes, route => Assert.True(functions.Any(function => function.Takes(route.Method, route.Path)), $"No function takes {route.Method} {route.Path}."));
        Assert.All(functions, function => Assert.True(routes.Any(route => function.Takes(route.Method, route.Path)), $"The program has nothing for the function {function.Name}."));
    }

    private sealed record Function(string Name, string Route, string[] Methods)
    {
        public static Function Read(string folder)
        {
            var name = Path.GetFileName(folder);
            var bindings = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "function.json"))).GetProperty("bindings").EnumerateArray();
            var trigger = bindings.Single(binding => binding.GetProperty("direction").GetString() == "in");
            // What isn't an HTTP trigger comes as POST /{name}, without the prefix.
            return trigger.GetProperty("type").GetString() == "httpTrigger"
                ? new Function(name, "api/" + trigger.GetProperty("route").GetString(), [.. trigger.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)])
                : new Function(name, name, ["post"]);
        }

        /// <summary>Parameters match whatever stands there; a last <c>{*path}</c> the rest, which may be empty.</summary>
        public bool Takes(string method, string path)
        {
            var (own, other) = (Route.Split('/'), path.Split('/'));
            var open = own[^1].StartsWith("{*", StringComparison.Ordinal);
            var steps = open ? own[..^1] : own;
            return Methods.Contains(method, StringComparer.OrdinalIgnoreCase)
                && (open ? other.Length >= steps.Length : other.Length == steps.Length)
                && steps.Zip(other).All(pair => pair.First.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
        }
    }
}
