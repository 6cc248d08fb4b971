using System.Diagnostics;
using System.Globalization;
using System.Text;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Tests.Deploy;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The built executable, run alone.</summary>
internal sealed class LeadProcess : LeadProgram
{
    private readonly Process _process;
    private HttpClient _client = new();
    private readonly StringBuilder _output = new();
    private readonly TemporaryFolder _folder;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LeadProcess(TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment, IEnumerable<string> arguments, params string[] command)
    {
        _folder = folder;
        command = [.. command.Length > 0 ? command : ["dotnet", Executable], .. arguments];
        var start = new ProcessStartInfo(command[0]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        // What a developer's shell or a CI machine has set must not change what is tested.
        foreach (var name in new[] { "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "URLS", "HTTP_PORTS" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The program ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program that is started: the package's where one is made already, because compiled ahead it starts sooner; else the built one.</summary>
    public static string Executable => Package.Made is { } package ? Path.Combine(package, "app", "LeadFunctions.dll") : Built;

    /// <summary>Beside these tests' own output lies the program's, as the build made it.</summary>
    public static string Built
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(own.Parent!.Parent!.FullName, "LeadFunctions", own.Name, "LeadFunctions.dll");
        }
    }

    public override HttpClient Client => _client;

    public override int Id => _process.Id;

    public override string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it alone, in the folder, on a free loopback port, and waits until it listens.</summary>
    public static Task<LeadProcess> StartAsync(TemporaryFolder folder, IEnumerable<(string Key, string Value)>? environment = null) =>
        StartAsync(folder, environment ?? [], ["--urls", "http://127.0.0.1:0"]);

    /// <summary>Starts it alone, by way of another command that is put before its own.</summary>
    public static Task<LeadProcess> StartUnderAsync(
        string[] before, TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment) =>
        ListeningAsync(new LeadProcess(folder, environment, ["--urls", "http://127.0.0.1:0"], [.. before, "dotnet", Executable]));

    /// <summary>Starts it with <c>dotnet run --project</c>, as the README says, from the folder.</summary>
    public static Task<LeadProcess> StartByDotnetRunAsync(TemporaryFolder folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return ListeningAsync(new LeadProcess(
            folder,
            [],
            ["--urls", "http://127.0.0.1:0"],
            "dotnet", "run", "--no-build", "-c", configuration, "--project", Path.Combine(Repository.Root, "src", "LeadFunctions"), "--"));
    }

    /// <summary>Runs it until it ends by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment, params string[] arguments)
    {
        await using var program = new LeadProcess(folder, environment, arguments);
        return (await program.WaitForExitAsync(), program.Output);
    }

    /// <summary>Starts it and kills it after a moment, wherever it is by then.</summary>
    public static async Task StartAndKillAsync(TemporaryFolder folder, (string Key, string Value)[] settings, TimeSpan after)
    {
        await using var program = new LeadProcess(folder, settings, ["--urls", "http://127.0.0.1:0"]);
        await Task.Delay(after, TestContext.Current.CancellationToken);
    }

    public override async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM, as service managers send it.</summary>
    public override async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await WaitForExitAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            // With what it may have started: `dotnet run` is the parent of the program.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static Task<LeadProcess> StartAsync(TemporaryFolder folder, IEnumerable<(string Key, string Value)> environment, IEnumerable<string> arguments) =>
        ListeningAsync(new LeadProcess(folder, environment, arguments));

    private static async Task<LeadProcess> ListeningAsync(LeadProcess program)
    {
        try
        {
            var url = await program._listening.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            program._client = new HttpClient { BaseAddress = url };
            program.TakeLocalKey();
            return program;
        }
        catch (Exception exception)
        {
            if (program._process.HasExited)
            {
                // Until its last words have been read.
                using var most = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await program._process.WaitForExitAsync(most.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            await program.DisposeAsync();
            throw new InvalidOperationException($"The program did not start. It printed:\n{program.Output}", exception);
        }
    }

    /// <summary>Where no keys are set, the program's own for callers on its machine is in its data folder.</summary>
    private void TakeLocalKey()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, LocalKey.FileName, SearchOption.AllDirectories))
        {
            Client.DefaultRequestHeaders.Add("x-functions-key", File.ReadAllText(file).Trim());
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<int> WaitForExitAsync()
    {
        using var most = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(most.Token);
        return _process.ExitCode;
    }

    private void Read(string? line)
    {
        const string Announcement = "Leads are taken at ";
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        var at = line.IndexOf(Announcement, StringComparison.Ordinal);
        if (at >= 0)
        {
            _listening.TrySetResult(new Uri(new Uri(line[(at + Announcement.Length)..]), "/"));
        }
    }
}
