using System.Runtime.InteropServices;
using LeadFunctions.Commands;
using LeadFunctions.Hosting;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace LeadFunctions;

/// <summary>
/// The program as the Functions host's worker: an isolated worker with ASP.NET Core integration, whose functions are in <c>Functions/</c>.
/// </summary>
internal static class LeadFunctionsWorker
{
    /// <summary>
    /// Runs until the host ends it. The exit code is 0 only then (and for Ctrl+C, which ends the host too), because a host doesn't restart
    /// a worker that ended with 0; it is 2 for a configuration that can't be used, 1 for everything else, as when somebody ends the worker
    /// alone.
    /// </summary>
    public static async Task<int> RunAsync()
    {
        // Now: a host that is killed while this starts has been its parent until then.
        var parent = ExitWithHost.ParentId;
        var isTerminated = false;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => isTerminated = true);
        try
        {
            using var host = Build(parent);
            await host.StartAsync();
            StartNotice.Write(host.Services, []);
            await host.WaitForShutdownAsync();
            var isFaulted = host
                .Services.GetServices<IHostedService>()
                .OfType<BackgroundService>()
                .Any(service => service.ExecuteTask is { IsFaulted: true });
            return isFaulted || isTerminated ? 1 : 0;
        }
        catch (SettingsException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
#pragma warning disable CA1031 // Whatever it is, a person needs its words, not its stack.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"LeadFunctions ended: {exception.Message}");
            return 1;
        }
    }

    /// <param name="parent">The id of the host's process.</param>
    private static IHost Build(int parent)
    {
        // HostBuilder, and not FunctionsApplication: that one watches files, and reads every setting twice.
        var host = new HostBuilder()
            .UseContentRoot(AppContext.BaseDirectory)
            .UseEnvironment(Configurations.EnvironmentName)
            .ConfigureAppConfiguration(configuration =>
            {
                // In Azure a placeholder process becomes this app and gets no --functions-uri, so that no address says it.
                configuration.AddInMemoryCollection([new(StartEnvironment.HostAddress, "in this process")]);
                Configurations.Add(configuration, []);
            })
            .ConfigureFunctionsWebApplication()
            .ConfigureLogging((context, logging) => logging.AddFilters(context.Configuration))
            .ConfigureServices((context, services) =>
            {
                services.AddLeadFunctions(context.Configuration, context.HostingEnvironment);
                services.AddSingleton<FunctionEndpoints>();
                services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ExitWithHost>(provider, parent));
                services.PostConfigure<KestrelServerOptions>(kestrel =>
                {
                    // Kestrel:Endpoints are for the program that runs alone.
                    kestrel.Configure();
                    kestrel.AddServerHeader = false;
                    // The host has a limit of its own. A body that is too large here is measured where it is read, and gets its 413.
                    kestrel.Limits.MaxRequestBodySize = null;
                });
            })
            .Build();
        // Where the host was told that the worker listens, whatever ASPNETCORE_URLS and its like say.
        host.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Add(host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities["HttpUri"]);
        host.Services.GetRequiredService<ILeadStore>();
        return host;
    }
}
