using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Deploy;

/// <summary>
/// What a test wants to know of a Bicep file as it is written: parameters, modules, outputs and app settings. The compiler folds the
/// settings into one expression.
/// </summary>
internal sealed partial class BicepFile(string name)
{
    /// <summary>Without comments, strings as they are.</summary>
    private readonly string _text = Comment().Replace(File.ReadAllText(Path.Combine(Repository.Root, "infra", name)), match => match.Value.StartsWith('\'') ? match.Value : "");

    public IEnumerable<string> Parameters => ParameterLine().Matches(_text).Select(match => match.Groups["name"].Value);

    public IEnumerable<string> RequiredParameters => ParameterLine().Matches(_text).Where(match => !match.Groups["default"].Success).Select(match => match.Groups["name"].Value);

    public IEnumerable<string> SecretParameters => SecretParameter().Matches(_text).Select(match => match.Groups["name"].Value);

    public IEnumerable<string> Outputs => OutputLine().Matches(_text).Select(match => match.Groups["name"].Value);

    /// <summary>Each module's file and the parameters that it is given.</summary>
    public IEnumerable<(string File, string[] Given)> Modules => Module().Matches(_text).Select(match =>
        (match.Groups["file"].Value, ModuleParameter().Matches(match.Groups["params"].Value).Select(given => given.Groups["name"].Value).ToArray()));

    /// <summary>App settings of the program (<c>Section__Key: value</c>), the value as Bicep has it.</summary>
    public IReadOnlyDictionary<string, string> Settings => SettingLine().Matches(_text).ToDictionary(match => match.Groups["key"].Value, match => match.Groups["value"].Value);

    /// <summary>Everything that looks like a built-in role's id.</summary>
    public IEnumerable<string> Roles => RoleId().Matches(_text).Select(match => match.Value);

    [GeneratedRegex("'[^'\r\n]*'|//[^\r\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> = .*)?\r?$", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^@secure\(\)(\r?\n@[^\r\n]+)*\r?\nparam (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex SecretParameter();

    [GeneratedRegex(@"^output (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^module \w+ '(?<file>[^']+)' = \{.*?^  params: \{(?<params>.*?)^  \}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Module();

    [GeneratedRegex(@"^ +(?<name>\w+): ", RegexOptions.Multiline)]
    private static partial Regex ModuleParameter();

    [GeneratedRegex(@"^ +(?<key>(?!AzureWebJobs)[A-Za-z]+__\w+): (?<value>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex SettingLine();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();
}
