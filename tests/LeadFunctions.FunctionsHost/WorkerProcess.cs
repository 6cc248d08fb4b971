using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LeadFunctions.FunctionsHost;

/// <summary>A worker's process, started as its worker.config.json says.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    // What a developer's shell or a CI machine has set must not change what is tested.
    private static readonly string[] Disturbing = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "URLS", "HTTP_PORTS"];

    private readonly Process _process;
    private readonly TaskCompletionSource<int>? _child;

    private WorkerProcess(Process process, bool hasParent)
    {
        _process = process;
        _child = hasParent ? new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    }

    /// <summary>The worker's own id, also where a process stands between it and this one.</summary>
    public int Id => _child is null ? _process.Id : _child.Task.GetAwaiter().GetResult();

    public bool HasExited => _process.HasExited;

    /// <param name="ownParent">Starts it as the child of a process that can be killed, as a host can (Unix).</param>
    public static WorkerProcess Start(string folder, string workerId, Uri host, IEnumerable<(string Key, string Value)> environment, bool ownParent, IReadOnlyList<string> prefix, Action<string> log)
    {
        var description = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "worker.config.json"))).GetProperty("description");
        var executable = description.GetProperty("defaultExecutablePath").GetString()!.Replace("{WorkerRoot}", folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        string[] command =
        [
            .. prefix, executable, Path.Combine(folder, description.GetProperty("defaultWorkerPath").GetString()!),
            "--host", host.Host, "--port", host.Port.ToString(CultureInfo.InvariantCulture), "--workerId", workerId, "--requestId", workerId, "--grpcMaxMessageLength", "2147483647",
            "--functions-uri", host.ToString(), "--functions-worker-id", workerId, "--functions-request-id", workerId, "--functions-grpc-max-message-length", "2147483647",
        ];
        if (ownParent)
        {
            command = ["/bin/sh", "-c", "\"$@\" & echo child $!; wait", "sh", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in Disturbing)
        {
            start.Environment.Remove(name);
        }

        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var worker = new WorkerProcess(process, ownParent);
        process.OutputDataReceived += (_, line) => worker.Read(line.Data, log);
        process.ErrorDataReceived += (_, line) => worker.Read(line.Data, log);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>kill -9 of the process that this one started: the worker, or its own parent.</summary>
    public void Kill() => _process.Kill();

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync(TimeSpan most)
    {
        using var end = new CancellationTokenSource(most);
        await _process.WaitForExitAsync(end.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line, Action<string> log)
    {
        if (line?.Split(' ') is ["child", var id] && _child is not null)
        {
            _child.TrySetResult(int.Parse(id, CultureInfo.InvariantCulture));
        }
        else if (line is not null)
        {
            log(line);
        }
    }
}
