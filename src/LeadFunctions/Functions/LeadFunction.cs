using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// Where the marketplace sends leads. The host checks the function's key. The result runs the endpoints of
/// <see cref="Intake.LeadEndpoints"/>. The constructor takes the service provider because a function class has to be public, and the
/// services are internal.
/// </summary>
public sealed class LeadFunction(IServiceProvider services)
{
    [Function("leads")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = "leads")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Leads;
}
