using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>
/// Where the marketplace sends leads. The host checks the function's key. The result reads the request and answers it, by the endpoints
/// of <see cref="Intake.LeadEndpoints"/> (<see cref="FunctionEndpoints"/>): the trigger's parameter binds, and is not read here. The
/// constructor takes the service provider because a function class has to be public, and the services are internal. So it is with the
/// other HTTP functions.
/// </summary>
public sealed class LeadFunction(IServiceProvider services)
{
    [Function("leads")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = "leads")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Leads;
}
