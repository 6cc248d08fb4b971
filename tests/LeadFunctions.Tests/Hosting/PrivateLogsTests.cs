using LeadFunctions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeadFunctions.Tests.Hosting;

#pragma warning disable CA1848 // The framework logs in this way too, and it is its logs that are kept quiet.
/// <summary>No setting of the log can make the framework tell what requests hold.</summary>
public sealed class PrivateLogsTests
{
    private static readonly string[] Telling =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Routing.Matching.DfaMatcher", "Microsoft.AspNetCore.Anything.New", "System.Net.Http.HttpClient.Default",
        "Azure.Core",
    ];

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData(null, "Microsoft.AspNetCore.Hosting.Diagnostic*s")]
    [InlineData(null, "*Diagnostics")]
    [InlineData(null, "*")]
    [InlineData("Collected", "Microsoft.AspNetCore.*")]
    [InlineData("Collected", "Microsoft.AspNetCore.Routing.Matching.DfaMatche*r")]
    [InlineData("Collected", "System.Net.Http.HttpClient.Defaul*t")]
    public void No_rule_widens_what_is_written(string? provider, string? category)
    {
        using var collected = new Collected();
        var options = new LoggerFilterOptions { MinLevel = LogLevel.Trace };
        options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Trace, (_, _, _) => true));
        new PrivateLogs().PostConfigure(null, options);
        using var factory = new LoggerFactory([collected], new Always(options));

        foreach (var name in Telling)
        {
            Write(factory, name, LogLevel.Critical, "a key");
        }

        Write(factory, "LeadFunctions.Intake.IntakeResponses", LogLevel.Trace, "ours");

        Assert.Equal(["ours"], collected.Messages);
    }

    [Fact]
    public void The_levels_that_are_set_count_as_they_did()
    {
        using var collected = new Collected();
        var options = new LoggerFilterOptions { MinLevel = LogLevel.Information };
        options.Rules.Add(new LoggerFilterRule(null, "LeadFunctions.Delivery", LogLevel.Debug, null));
        options.Rules.Add(new LoggerFilterRule(null, null, LogLevel.Warning, null));
        new PrivateLogs().PostConfigure(null, options);
        using var factory = new LoggerFactory([collected], new Always(options));

        Write(factory, "LeadFunctions.Delivery.X", LogLevel.Debug, "shown");
        Write(factory, "LeadFunctions.Intake.X", LogLevel.Information, "not shown");
        Write(factory, "LeadFunctions.Intake.X", LogLevel.Warning, "shown too");

        Assert.Equal(["shown", "shown too"], collected.Messages);
    }

    private static void Write(LoggerFactory factory, string category, LogLevel level, string text) =>
        factory.CreateLogger(category).Log(level, default, text, null, static (said, _) => said);

    private sealed class Always(LoggerFilterOptions options) : IOptionsMonitor<LoggerFilterOptions>
    {
        public LoggerFilterOptions CurrentValue => options;

        public LoggerFilterOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener) => null;
    }

    [ProviderAlias("Collected")]
    private sealed class Collected : ILoggerProvider, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Messages.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
