using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>The endpoints, described for programs; open to all.</summary>
public sealed class OpenApiFunction(IServiceProvider services)
{
    [Function("openapi")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().OpenApi;
}
