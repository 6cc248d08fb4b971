namespace LeadFunctions.Benchmarks.Soak;

/// <summary>What a soak does to the program: how many leads are posted while it is killed how often.</summary>
/// <param name="Seed">Chooses the moments of the kills and the destinations' turns. What comes between two of them depends on the machine.</param>
/// <param name="Instances">How many programs share the store and are killed in turn.</param>
internal sealed record SoakPlan(int Kills, int Leads, int Seed, int Instances = 1)
{
    /// <summary>How many leads are posted at the same time.</summary>
    public int Senders { get; init; } = 16;

    /// <summary>No more leads than this wait for delivery: who posts waits then, so that the end doesn't wait for all of them.</summary>
    public int MostWaiting { get; init; } = 400_000;

    /// <summary>So long a destination is well at most; it is in trouble for a fifth of it at most.</summary>
    public TimeSpan LongestTurn { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Every so manieth row and mail is held to its written contract; 1: all.</summary>
    public int ContractEvery { get; init; } = 1;

    /// <summary>
    /// All of it takes no longer: leads and kills are spread over the most of it, and what hasn't arrived at its end is looked for in the run history. Null:
    /// as fast as it goes, until all has arrived.
    /// </summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Leads are posted over this part of the time, as steadily as the program takes them.</summary>
    public TimeSpan? PostingTime => Time * 0.7;

    /// <summary>Programs are killed over this part of the time. The rest is for what waits.</summary>
    public TimeSpan? KillingTime => Time * 0.8;

    /// <summary>What hasn't arrived by then is looked for.</summary>
    public TimeSpan? ArrivingTime => Time * 0.95;

    /// <summary>The settings of the store.</summary>
    public required IReadOnlyList<(string Key, string Value)> Store { get; init; }

    /// <summary>A program with these settings, not started yet.</summary>
    public required Func<IReadOnlyList<(string Key, string Value)>, SoakProgram> Program { get; init; }

    /// <summary>What the store takes on the disk.</summary>
    public required Func<long> StoreBytes { get; init; }

    /// <summary>Shown while it runs.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What lies in a folder; files come and go meanwhile.</summary>
    public static long BytesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file) is { Exists: true } there ? there.Length : 0);
}
