using System.Diagnostics;
using System.Net.Sockets;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>A server in a process of its own, on the given cores where <c>taskset</c> is there; killed when disposed.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private static readonly TimeSpan MostToStart = TimeSpan.FromSeconds(60);

    private static readonly string[] Disturbing = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "URLS", "HTTP_PORTS"];

    private readonly Process _process;
    private readonly string _output;

    private MeasuredProcess(Process process, string output, int port)
    {
        _process = process;
        _output = output;
        Port = port;
    }

    public int Port { get; }

    public int Id => _process.Id;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Starts it and does not wait. Its output goes to a file, as a service's does: reading it here would cost the load its core.</summary>
    /// <param name="cores">As <c>taskset -c</c> writes them; null: wherever the system puts it.</param>
    public static MeasuredProcess Start(string folder, string? cores, int port, string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? settings = null)
    {
        var output = Path.Combine(folder, "output.txt");
        string[] command = [.. Pinning.Prefix(cores), executable, .. arguments];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true }
            : new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", output, .. command]);
        start.WorkingDirectory = folder;
        foreach (var name in Disturbing)
        {
            start.Environment.Remove(name);
        }

        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        if (start.RedirectStandardOutput)
        {
            process.BeginOutputReadLine();
        }

        return new MeasuredProcess(process, output, port);
    }

    /// <summary>Tries until it listens. A tight loop, because the moment is what is measured.</summary>
    public Socket Connect()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (LoopbackAddress.TryConnect(Port) is { } socket)
            {
                return socket;
            }

            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > MostToStart)
            {
                throw new InvalidOperationException($"The server did not listen. It printed:\n{(File.Exists(_output) ? File.ReadAllText(_output) : "")}");
            }

            Thread.Sleep(1);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
