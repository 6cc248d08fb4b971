using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// The run history, its pages and actions. Open to all at the host, because the program asks for its own keys and signs browsers in.
/// </summary>
public sealed class RunHistoryFunction(IServiceProvider services)
{
    [Function("runs")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "runs/{*path}")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Runs;
}
