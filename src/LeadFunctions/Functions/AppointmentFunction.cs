using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>Where a flow sends what happened to an appointment. The host checks the function's key.</summary>
public sealed class AppointmentFunction(IServiceProvider services)
{
    [Function("appointments")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = "appointments/{event}")] HttpRequest request) =>
        services.GetRequiredService<FunctionEndpoints>().Appointments;
}
