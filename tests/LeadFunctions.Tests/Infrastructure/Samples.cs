namespace LeadFunctions.Tests.Infrastructure;

/// <summary>The bodies in the folder <c>samples</c>.</summary>
internal static class Samples
{
    /// <summary>The files with leads of the marketplace.</summary>
    public static TheoryData<string> Leads =>
        ["lead.json", "lead-contact-me.json", "lead-do-not-contact.json", "lead-education.json", "lead-test.json"];

    public static string Documented => Read("lead.json");

    public static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "samples", name));
}
