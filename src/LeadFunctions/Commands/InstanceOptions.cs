using System.CommandLine;
using LeadFunctions.Hosting;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Settings;
using LeadFunctions.Store;

namespace LeadFunctions.Commands;

/// <summary>
/// Where the running instance is, and which key it wants. What isn't given is taken from the environment and from the configuration;
/// a configured key goes to this machine alone.
/// </summary>
internal sealed class InstanceOptions
{
    private const string KeyVariable = "LEADFUNCTIONS_KEY";
    private const string RunsAdvice = $"Give one of Runs:Keys with --key, or in the environment as {KeyVariable}. {LocalAdvice}";

    /// <summary>For a program without <c>Runs:Keys</c>.</summary>
    public const string LocalAdvice = $"Where none is set, the key is in the file {LocalKey.FileName} beside the store: run the command where the program was started, or with the same Store:Path.";


    private readonly Option<string?> _url = new("--url") { Description = "Where LeadFunctions runs. Default: where the configuration says that it listens, http://localhost:7071", HelpName = "address" };
    private readonly Option<string?> _key = new("--key") { Description = $"One of Runs:Keys. Default: {KeyVariable} in the environment, else the first of the configuration, else that of this machine", HelpName = "key" };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
    }

    public RunningInstance Connect(ParseResult parsed) => Connect(parsed.GetValue(_url), url => RunsKey(parsed.GetValue(_key), url), RunsAdvice);

    public static RunningInstance Connect(string? url, Func<Uri, string?> key, string keyAdvice)
    {
        var address = url is null ? Configured() : Parse(url);
        return new RunningInstance(address, key(address), keyAdvice);
    }

    public static string? RunsKey(string? given, Uri url) =>
        given ?? Environment.GetEnvironmentVariable(KeyVariable) ?? ConfiguredKey("Runs:Keys", url) ?? KeyOfThisMachine(url);

    public static string? ConfiguredKey(string setting, Uri url) =>
        url.IsLoopback && AccessKeys.Read(Settings(), setting) is [var first, ..] ? first.Value : null;

    private static string? KeyOfThisMachine(Uri url)
    {
        var settings = Settings();
        return url.IsLoopback ? LocalKey.Read(LocalKey.PathBeside(StoreOptions.ReadPath(settings, StartEnvironment.Read(settings)))) : null;
    }

    private static Uri Parse(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "" }
            ? new Uri(url.GetLeftPart(UriPartial.Authority))
            : throw new CommandFailedException("--url is no address such as http://localhost:7071 or https://leads.contoso.com.", ExitCode.Usage);

    /// <summary>Listening on every address of the machine includes localhost.</summary>
    private static Uri Configured()
    {
        var url = StartEnvironment.Read(Settings()).Urls[0];
        var address = BindingAddress.Parse(url);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return Uri.TryCreate($"{address.Scheme}://{host}:{address.Port}", UriKind.Absolute, out var found)
            ? found
            : throw new CommandFailedException($"The configured address {url} is none that can be asked. Say with --url where LeadFunctions runs.", ExitCode.Usage);
    }

    private static SettingsReader Settings()
    {
        var configuration = new ConfigurationManager();
        Configurations.Add(configuration, []);
        return new SettingsReader(configuration);
    }
}
