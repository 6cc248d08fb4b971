using LeadFunctions.Runs.Pages;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>The run history, what people do about a lead, and the pages and sign-in for browsers.</summary>
internal static class RunRegistration
{
    public static void AddRuns(this IServiceCollection services, RunOptions options, StoreOptions store)
    {
        services.AddSingleton(_ => options.WithLocalKey(store.Path));
        services.AddSingleton<SignInManager>().AddSingleton<RunGate>();
        services.AddSingleton<RunList>();
        services.AddSingleton<RunActions>().AddSingleton<BulkResubmit>().AddSingleton<BulkResend>();
        services.AddSingleton<EraseEndpoint>().AddSingleton<RefusedEndpoints>();
        services.AddSingleton<Previews>().AddSingleton<RunPages>();
        services.AddSingleton<PageActions>().AddSingleton<EraseActions>();
    }
}
