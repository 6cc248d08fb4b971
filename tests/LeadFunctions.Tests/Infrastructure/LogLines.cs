using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(string Message, Exception? Exception)> _lines = new();

    public IReadOnlyCollection<(string Message, Exception? Exception)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((formatter(state, exception), exception));
}
