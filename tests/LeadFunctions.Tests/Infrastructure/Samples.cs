namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The bodies in the folder <c>samples</c>.</summary>
internal static class Samples
{
    public static string Documented => Read("lead.json");

    public static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "samples", name));
}
