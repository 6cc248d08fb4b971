using LeadFunctions.Leads;

namespace LeadFunctions.Runs;

/// <summary>Reads the parameters of an act. What can't be read is a fault, and so is what the act doesn't know: a misspelt parameter must not do more than was meant.</summary>
internal static class ActQuery
{
    /// <summary>Says what an act would do, and does nothing.</summary>
    public const string DryRun = "dryRun";

    public static List<Violation> Unknown(HttpRequest request, params string[] known) =>
        [.. request.Query.Keys.Where(name => name != "code" && !known.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => new Violation(name, "is no parameter of this act"))];

    public static bool IsDryRun(HttpRequest request, List<Violation> faults) => Flag(request, DryRun, faults);

    public static bool Flag(HttpRequest request, string name, List<Violation> faults) => new QueryReader(request.Query, faults).Flag(name) ?? false;
}
