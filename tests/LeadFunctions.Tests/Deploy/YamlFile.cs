using LeadFunctions.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace LeadFunctions.Tests.Deploy;

/// <summary>A YAML file of the repository, read by path: <c>jobs/test/steps</c>.</summary>
internal static class YamlFile
{
    public static YamlNode Read(string path)
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return Assert.Single(stream.Documents).RootNode;
    }

    public static YamlNode At(this YamlNode node, string path) => path.Split('/').Aggregate(node, (parent, name) => parent[name]);

    public static string? Text(this YamlNode node, string path) =>
        node.Has(path.Split('/')[0]) ? ((YamlScalarNode)node.At(path)).Value : null;

    public static bool Has(this YamlNode node, string name) => node is YamlMappingNode map && map.Children.ContainsKey(name);

    public static IReadOnlyDictionary<string, string> Map(this YamlNode node, string path) =>
        ((YamlMappingNode)node.At(path)).ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!);
}
