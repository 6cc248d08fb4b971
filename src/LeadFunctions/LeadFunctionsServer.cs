using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;

namespace LeadFunctions;

/// <summary>
/// The program as a server that runs alone. <see cref="LeadFunctionsWorker"/> is the same program behind the Functions host.
/// </summary>
internal static class LeadFunctionsServer
{
    /// <summary>
    /// The settings from wherever they come, and nothing else yet. Throws <see cref="SettingsException"/> when a file is no JSON, or one of
    /// them says what is not for settings to say.
    /// </summary>
    public static WebApplicationBuilder Configure(string[] args)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Configurations.EnvironmentName,
        });
        Configurations.Add(builder.Configuration, args);
        if (builder.Configuration[StartEnvironment.HostAddress] is not null)
        {
            // As the host's worker the program leaves the keys of posts to the host: nobody may be able to say so by a setting.
            throw new SettingsException(
            [
                new SettingFault(
                    StartEnvironment.HostAddress,
                    "is the Functions host's to set, and the program was started alone; remove it"),
            ]);
        }

        return builder;
    }

    /// <summary>
    /// Throws <see cref="SettingsException"/> with every fault of the configuration, and <see cref="StoreUnavailableException"/> when
    /// the store can't be opened.
    /// </summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = Configure(args);
        change?.Invoke(builder);

        builder.Logging.AddFilters(builder.Configuration);
        builder.Logging.AddLines();
        var options = builder.Services.AddLeadFunctions(builder.Configuration, builder.Environment);
        builder.AddServer(options.Start);
        builder.Services.AddRoutingCore();

        var app = builder.Build();
        app.Services.GetRequiredService<ILeadStore>();
        // With the key of this machine, which is in its file when the program listens.
        app.Services.GetRequiredService<RunOptions>();
        BoundedConnections.UseBoundedConnections(app);
        app.UseResponseDefaults();
        app.UseLeads();
        // Made when somebody asks for anything else: a start's first lead does not wait for it. What failed once is tried again.
        var others = new Lazy<RequestDelegate>(
            () => new ApplicationBuilder(app.Services).UseRouting().UseEndpoints(LeadFunctionsServices.MapLeadFunctions).Build(),
            LazyThreadSafetyMode.PublicationOnly);
        app.Run(context => others.Value(context));
        return app;
    }
}
