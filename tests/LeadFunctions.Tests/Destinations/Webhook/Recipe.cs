using System.Text;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.Extensions.Configuration;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>The settings of a recipe, as they stand in the documentation. Only hosts are changed for servers on this machine.</summary>
internal sealed class Recipe
{
    private readonly Dictionary<string, string> _settings;

    private Recipe(Dictionary<string, string> settings) => _settings = settings;

    public static IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.md").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => name != "README").Order()];

    public IEnumerable<(string Key, string Value)> Settings => _settings.Select(setting => (setting.Key, setting.Value));

    private static string Folder => Path.Combine(Repository.Root, "docs", "recipes");

    public static Recipe Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name + ".md"));
        var start = text.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var block = text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(block));
        return new Recipe(new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable().Where(setting => setting.Value is not null).ToDictionary(setting => setting.Key, setting => setting.Value!));
    }

    /// <summary>The same path and query, here.</summary>
    public Recipe At(LoopbackServer server, params IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            var path = _settings[key].Split('/', 4)[3];
            _settings[key] = server.Url.GetLeftPart(UriPartial.Authority) + "/" + path;
            _settings[$"{string.Join(':', key.Split(':')[..2])}:AllowPrivateAddresses"] = "true";
        }

        return this;
    }

    public Recipe With(string key, string value)
    {
        _settings[key] = value;
        return this;
    }
}
