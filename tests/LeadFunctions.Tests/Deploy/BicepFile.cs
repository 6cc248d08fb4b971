using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Deploy;

/// <summary>
/// What can be read of a Bicep file without its compiler, which can't be restored everywhere: parameters, modules, outputs and app
/// settings, as these files write them.
/// </summary>
internal sealed partial class BicepFile(string name)
{
    /// <summary>Without comments, strings as they are.</summary>
    private readonly string _text = Comment().Replace(File.ReadAllText(Path.Combine(Repository.Root, "infra", name)), match => match.Value.StartsWith('\'') ? match.Value : "");

    public string Code => QuotedText().Replace(_text, "''");

    public IEnumerable<string> Parameters => ParameterLine().Matches(_text).Select(match => match.Groups["name"].Value);

    public IEnumerable<string> RequiredParameters => ParameterLine().Matches(_text).Where(match => !match.Groups["default"].Success).Select(match => match.Groups["name"].Value);

    public IEnumerable<string> SecretParameters => SecretParameter().Matches(_text).Select(match => match.Groups["name"].Value);

    /// <summary>Parameters, variables, resources and modules.</summary>
    public IEnumerable<string> Names => Declaration().Matches(_text).Select(match => match.Groups["name"].Value);

    /// <summary>Names that something is taken from: <c>name.property</c>, <c>name::child</c>, in strings too.</summary>
    public IEnumerable<string> UsedNames => Use().Matches(Description().Replace(_text, "")).Select(match => match.Groups["name"].Value).Distinct();

    public int Uses(string name) => Regex.Count(_text, $@"\b{name}\b");

    public IEnumerable<string> Outputs => OutputLine().Matches(_text).Select(match => match.Groups["name"].Value);

    /// <summary>Each module's file and the parameters that it is given.</summary>
    public IEnumerable<(string File, string[] Given)> Modules => Module().Matches(_text).Select(match =>
        (match.Groups["file"].Value, ModuleParameter().Matches(match.Groups["params"].Value).Select(given => given.Groups["name"].Value).ToArray()));

    /// <summary>App settings of the program (<c>Section__Key: value</c>), the value as Bicep has it.</summary>
    public IReadOnlyDictionary<string, string> Settings => SettingLine().Matches(_text).ToDictionary(match => match.Groups["key"].Value, match => match.Groups["value"].Value);

    /// <summary>Resource types with their API versions.</summary>
    public IEnumerable<string> ResourceTypes => ResourceType().Matches(_text).Select(match => match.Groups["type"].Value);

    /// <summary>Everything that looks like a built-in role's id.</summary>
    public IEnumerable<string> Roles => RoleId().Matches(_text).Select(match => match.Value);

    [GeneratedRegex("'[^'\r\n]*'|//[^\r\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex("'[^'\r\n]*'")]
    private static partial Regex QuotedText();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> = .*)?\r?$", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^@secure\(\)(\r?\n@[^\r\n]+)*\r?\nparam (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex SecretParameter();

    [GeneratedRegex(@"^\s*(param|var|resource|module) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.:/@-])(?<name>[a-z]\w*)(\.|::)(?=[a-z])(?!bicep')")]
    private static partial Regex Use();

    [GeneratedRegex(@"^@description\(.*$", RegexOptions.Multiline)]
    private static partial Regex Description();

    [GeneratedRegex(@"^output (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^module \w+ '(?<file>[^']+)' = \{.*?^  params: \{(?<params>.*?)^  \}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Module();

    [GeneratedRegex(@"^ +(?<name>\w+): ", RegexOptions.Multiline)]
    private static partial Regex ModuleParameter();

    [GeneratedRegex(@"^ +(?<key>(?!AzureWebJobs)[A-Za-z]+__\w+): (?<value>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex SettingLine();

    [GeneratedRegex(@"^\s*resource \w+ '(?<type>[^']+)' = ", RegexOptions.Multiline)]
    private static partial Regex ResourceType();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();
}
