using LeadFunctions.Appointments;
using LeadFunctions.Hosting;
using LeadFunctions.Hosting.Health;
using LeadFunctions.Intake;
using LeadFunctions.Runs;

namespace LeadFunctions.Functions;

/// <summary>
/// What answers each function: the same endpoints as alone. A function has its own and no others, so that whatever path reaches one whose
/// key nobody has checked, it leads nowhere else.
/// </summary>
internal sealed class FunctionAnswers(IServiceProvider services)
{
    private readonly Lazy<FunctionPipeline> _leads = new(() => new FunctionPipeline(services, LeadEndpoints.Handler(services)));
    private readonly Lazy<FunctionPipeline> _appointments = new(() => new FunctionPipeline(services, AppointmentEndpoints.MapAppointments));
    private readonly Lazy<FunctionPipeline> _runs = new(() => new FunctionPipeline(services, RunEndpoints.MapRuns));
    private readonly Lazy<FunctionPipeline> _health = new(() => new FunctionPipeline(services, HealthEndpoints.MapHealth));
    private readonly Lazy<FunctionPipeline> _openApi = new(() => new FunctionPipeline(services, OpenApiEndpoint.MapOpenApi));

    public IResult Leads => _leads.Value;

    public IResult Appointments => _appointments.Value;

    public IResult Runs => _runs.Value;

    public IResult Health => _health.Value;

    public IResult OpenApi => _openApi.Value;
}
