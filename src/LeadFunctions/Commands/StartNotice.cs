using LeadFunctions.Appointments.Graph;
using LeadFunctions.Destinations;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Settings;
using LeadFunctions.Store;

namespace LeadFunctions.Commands;

/// <summary>What a person reads after the start: where leads are posted, where they are kept, where they go.</summary>
internal static partial class StartNotice
{
    /// <param name="urls">What the program listens on; none behind the Functions host, which says so itself.</param>
    public static void Write(IServiceProvider services, IEnumerable<string> urls)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("LeadFunctions");
        var start = services.GetRequiredService<StartEnvironment>();
        var destinations = services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>();
        foreach (var url in urls)
        {
            Log.Listening(logger, $"{url}/api/leads");
        }

        foreach (var business in services.GetService<BookingsOptions>()?.Businesses ?? [])
        {
            Log.Business(logger, business);
        }

        Log.Kept(logger, services.GetRequiredService<StoreOptions>().Place);
        foreach (var destination in destinations)
        {
            // Both are texts: for each other pair of types .NET would compile two dozen methods at the start.
            Log.Destination(logger, destination.Name, destination.Kind.ToString());
        }

        if (!services.GetRequiredService<IConfiguration>().GetSection("Destinations").GetChildren().Any())
        {
            Log.NoDestination(logger, Path.Combine(start.DataFolder, "crm.jsonl"), Path.Combine(start.DataFolder, "mail"));
        }

        if (!start.BehindHost && services.GetRequiredService<IntakeOptions>().Keys.Count == 0)
        {
            Log.NoKeys(logger);
        }

        if (services.GetRequiredService<RunOptions>() is { IsLocal: true, Keys: [var key] })
        {
            // Not by the log: it is kept and sent on, and the link has the key. Behind the host at the port that func start has by default.
            Console.Out.WriteLine(
                $"Open the run history: {LocalKey.Link(urls.FirstOrDefault() ?? StartEnvironment.DefaultUrl, key.Value)}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9001, LogLevel.Information, "Leads are taken at {Url}")]
        public static partial void Listening(ILogger logger, string url);

        [LoggerMessage(9006, LogLevel.Information, "Appointments of {Business} are read from Microsoft Graph")]
        public static partial void Business(ILogger logger, string business);

        [LoggerMessage(9002, LogLevel.Information, "Leads are kept in {Place}")]
        public static partial void Kept(ILogger logger, string place);

        [LoggerMessage(9003, LogLevel.Information, "Leads go to {Destination} ({Kind})")]
        public static partial void Destination(ILogger logger, string destination, string kind);

        [LoggerMessage(
            9004,
            LogLevel.Warning,
            "No destination is configured: rows go to {File} and mails to {Folder}/, so that you can see a lead arrive. Set "
            + "Destinations to send them on."
        )]
        public static partial void NoDestination(ILogger logger, string file, string folder);

        [LoggerMessage(
            9005,
            LogLevel.Warning,
            "No Intake:Keys: whatever reaches the program from this machine may post leads. Set a key before a proxy "
            + "or a tunnel leads here."
        )]
        public static partial void NoKeys(ILogger logger);
    }
}
