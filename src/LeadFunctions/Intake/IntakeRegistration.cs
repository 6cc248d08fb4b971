using LeadFunctions.Intake.Schema;
using LeadFunctions.Settings;

namespace LeadFunctions.Intake;

/// <summary>The way in for the marketplace's leads.</summary>
internal static class IntakeRegistration
{
    public static void AddIntake(this IServiceCollection services, IntakeOptions options, LeadSchema schema)
    {
        services.AddSingleton(options).AddSingleton(schema);
        services.AddSingleton(provider =>
            new IntakeGate(options, provider.GetRequiredService<StartEnvironment>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LeadInbox>().AddSingleton<IntakeResponses>();
        services.AddSingleton<LeadIntake>();
    }
}
