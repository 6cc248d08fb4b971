using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeadFunctions.FunctionsHost;

namespace LeadFunctions.Benchmarks.Soak;

/// <summary>A program that is started again and again after <c>kill -9</c>.</summary>
internal abstract class SoakProgram : IAsyncDisposable
{
    /// <summary>Of the program that runs alone.</summary>
    protected const string IntakeKey = "a-key-for-the-intake-of-the-soak";

    /// <summary>Of the run history.</summary>
    public const string RunsKey = "a-key-for-the-run-history-of-the-soak";

    /// <summary>Where callers come in.</summary>
    public abstract Uri Url { get; }

    /// <summary>What a post must show.</summary>
    public abstract string Key { get; }

    /// <summary>The running program's process.</summary>
    public abstract int Id { get; }

    /// <summary>What the running process has had of a core so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(Id);
                return process.TotalProcessorTime;
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>The last that it printed.</summary>
    public abstract string Output { get; }

    /// <summary>Returns when it listens; throws when it ends before.</summary>
    /// <param name="setting">One that is another at each start.</param>
    public abstract Task StartAsync((string Key, string Value) setting);

    public abstract Task KillAsync();

    public abstract ValueTask DisposeAsync();

    /// <param name="command">The executable, with what stands before it.</param>
    public static SoakProgram Alone(string folder, IReadOnlyList<string> command, IReadOnlyList<(string Key, string Value)> settings) =>
        new AloneProgram(folder, command, settings);

    /// <summary>The worker of a Functions host that is played here and outlives it.</summary>
    /// <param name="app">The function app's folder.</param>
    public static SoakProgram Worker(string app, IReadOnlyList<(string Key, string Value)> settings) => new WorkerProgram(app, settings);

    private sealed class AloneProgram(string folder, IReadOnlyList<string> command, IReadOnlyList<(string Key, string Value)> settings) : SoakProgram
    {
        // A machine that has other things to do may take its time; how long it took is among the figures.
        private static readonly TimeSpan MostToStart = TimeSpan.FromMinutes(10);

        private readonly int _port = FreePort.Next();
        private readonly Queue<string> _output = new();
        private Process? _process;

        public override Uri Url => new($"http://127.0.0.1:{_port}");

        public override string Key => IntakeKey;

        public override int Id => _process!.Id;

        public override string Output
        {
            get
            {
                lock (_output)
                {
                    return string.Join('\n', _output);
                }
            }
        }

        public override async Task StartAsync((string Key, string Value) setting)
        {
            _process?.Dispose();
            var start = new ProcessStartInfo(command[0], [.. command.Skip(1), "--urls", Url.ToString()])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (key, value) in settings.Append(setting))
            {
                start.Environment[key] = value;
            }

            start.Environment["Intake__Keys__0"] = IntakeKey;
            start.Environment["Runs__Keys__soak"] = RunsKey;
            var process = new Process { StartInfo = start };
            process.OutputDataReceived += (_, line) => Read(line.Data);
            process.ErrorDataReceived += (_, line) => Read(line.Data);
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            _process = process;
            var since = Stopwatch.GetTimestamp();
            while (!await ListensAsync())
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(since) > MostToStart)
                {
                    var (waited, had) = (Stopwatch.GetElapsedTime(since).TotalSeconds, Cpu.TotalSeconds);
                    throw new InvalidOperationException(string.Create(
                        CultureInfo.InvariantCulture, $"The program did not start within {waited:0} s, in which it had {had:0.0} s of a core. It printed:\n{Output}"));
                }

                await Task.Delay(5);
            }
        }

        public override async Task KillAsync()
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            if (_process is { HasExited: false })
            {
                await KillAsync();
            }

            _process?.Dispose();
        }

        private async Task<bool> ListensAsync()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        private void Read(string? line)
        {
            const int Kept = 20;
            lock (_output)
            {
                if (line is not null)
                {
                    _output.Enqueue(line);
                }

                if (_output.Count > Kept)
                {
                    _output.Dequeue();
                }
            }
        }
    }

    private sealed class WorkerProgram(string app, IReadOnlyList<(string Key, string Value)> settings) : SoakProgram
    {
        private PlayedHost? _host;

        public override Uri Url => _host!.Url;

        public override string Key => PlayedHost.FunctionKey;

        public override int Id => _host!.WorkerId;

        public override string Output => _host!.Output is { Length: > 20_000 } all ? all[^20_000..] : _host.Output;

        public override async Task StartAsync((string Key, string Value) setting)
        {
            if (_host is null)
            {
                _host = await PlayedHost.StartAsync(app, [.. settings, ("Runs__Keys__soak", RunsKey), setting]);
            }
            else
            {
                await _host.RestartWorkerAsync(setting);
            }
        }

        public override Task KillAsync() => _host!.KillWorkerAsync();

        public override ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
