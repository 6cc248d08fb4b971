using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>Where the marketplace sends leads. The host checks the function's key.</summary>
public sealed class LeadFunction(IServiceProvider services)
{
    [Function("leads")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = "leads")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Leads;
}
