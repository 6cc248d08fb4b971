using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>Whether the program is alive and can take leads; open to all.</summary>
public sealed class HealthFunction(IServiceProvider services)
{
    [Function("health")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/{*path}")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Health;
}
