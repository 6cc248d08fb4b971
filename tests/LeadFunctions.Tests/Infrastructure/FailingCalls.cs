using System.Diagnostics;
using System.Globalization;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A disk that fails: strace lets system calls of a real program on some files end with an error instead of being done.</summary>
internal sealed class FailingCalls : IAsyncDisposable
{
    /// <summary>Every way in which data is asked to be on the disk.</summary>
    public const string Syncs = "fsync,fdatasync,msync,sync_file_range";

    private readonly Process _strace;

    private FailingCalls(Process strace) => _strace = strace;

    /// <summary>Why it can't be done here; null when it can.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? "Failing disks are made with strace, which is for Linux."
        : !IsOnPath() ? "strace isn't installed: apt-get install strace (as .ci/run does)."
        : null;

    /// <summary>From when this returns until it is disposed, calls of a running program fail.</summary>
    /// <param name="calls">The calls, as strace takes them: <c>fsync,pwrite64</c>.</param>
    /// <param name="error">What they end with: <c>EIO</c>.</param>
    /// <param name="when">Which of them, as strace takes it: <c>1</c> the first, <c>2+</c> from the second on; null: all.</param>
    public static async Task<FailingCalls> BeginAsync(
        LeadProgram program, string calls, string error, string? when, params IEnumerable<string> files)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = program.Id.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("strace", ["-f", "-p", id, "-o", "/dev/null", .. Options(calls, error, when, files)]);
        start.RedirectStandardError = true;
        var said = new List<string>();
        var strace = new Process { StartInfo = start, EnableRaisingEvents = true };
        strace.ErrorDataReceived += (_, line) =>
        {
            said.Add(line.Data ?? "");
            if (line.Data?.Contains(" attached", StringComparison.Ordinal) == true)
            {
                attached.TrySetResult();
            }
        };
        strace.Exited += (_, _) => attached.TrySetException(new InvalidOperationException($"strace ended: {string.Join(' ', said)}"));
        strace.Start();
        strace.BeginErrorReadLine();
        await attached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return new FailingCalls(strace);
    }

    /// <summary>The command to put before a program's own, so that its calls fail from its start.</summary>
    /// <param name="log">Where each of these calls is written down.</param>
    public static string[] Command(string log, string calls, string error, string? when, params IEnumerable<string> files) =>
        // The tracer is the grandchild, so that the program itself is what is started, stopped and killed.
        ["strace", "-D", "-qq", "-f", "--seccomp-bpf", "-o", log, .. Options(calls, error, when, files)];

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _strace.Id.ToString(CultureInfo.InvariantCulture)]);
            await _strace.WaitForExitAsync(CancellationToken.None);
        }

        _strace.Dispose();
    }

    private static bool IsOnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "strace")));

    private static IEnumerable<string> Options(string calls, string error, string? when, IEnumerable<string> files) =>
    [
        .. files.SelectMany(file => new[] { "-P", file }),
        "-e", $"trace={calls}",
        "-e", $"inject={calls}:error={error}{(when is null ? "" : $":when={when}")}",
    ];
}
