namespace LeadFunctions.Benchmarks.Programs;

/// <summary>Keeps server and load apart, each on a core of its own, so that a figure is of one core.</summary>
internal static class Pinning
{
    public const string ServerCore = "0";
    public const string LoadCore = "1";
    public const string TwoCores = "0,1";

    private static readonly string? TaskSet = Environment.ProcessorCount > 1 ? Machine.Find("taskset") : null;

    public static string Description => TaskSet is null
        ? "Nothing is pinned (no taskset, or one core): server and load disturb each other."
        : "The server is pinned to core 0, the load to core 1.";

    public static IEnumerable<string> Prefix(string? cores) => TaskSet is null || cores is null ? [] : [TaskSet, "-c", cores];
}
