namespace LeadFunctions.Benchmarks.Soak;

/// <summary>What a soak does to the program: how many leads are posted while it is killed how often.</summary>
/// <param name="Seed">Chooses the moments of the kills and the destinations' turns. What comes between two of them depends on the machine.</param>
/// <param name="Instances">How many programs share the store and are killed in turn.</param>
internal sealed record SoakPlan(int Kills, int Leads, int Seed, int Instances = 1)
{
    /// <summary>How many leads are posted at the same time.</summary>
    public int Senders { get; init; } = 16;

    /// <summary>No more leads than this wait for delivery: who posts waits then, so that the end doesn't wait for all of them.</summary>
    public int MostWaiting { get; init; } = 40_000;

    /// <summary>So long a destination is well at most; it is in trouble for a fifth of it at most.</summary>
    public TimeSpan LongestTurn { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Every so manieth row and mail is held to its written contract; 1: all.</summary>
    public int ContractEvery { get; init; } = 1;

    /// <summary>After this time no further lead is posted and nothing is killed; what was posted is counted as always.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The settings of the store.</summary>
    public required IReadOnlyList<(string Key, string Value)> Store { get; init; }

    /// <summary>A program with these settings, not started yet.</summary>
    public required Func<IReadOnlyList<(string Key, string Value)>, SoakProgram> Program { get; init; }

    /// <summary>What the store takes on the disk.</summary>
    public required Func<long> StoreBytes { get; init; }

    /// <summary>Shown while it runs.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromSeconds(10);
}
