using System.Globalization;

namespace LeadFunctions.Benchmarks.Figures;

/// <summary>What a figure should be: <paramref name="Owed"/> must be kept, <paramref name="Ambition"/> is aimed at.</summary>
/// <param name="Unit">Empty for a ratio.</param>
internal sealed record Target(string Name, double Owed, double Ambition, bool AtLeast, string Unit = "")
{
    public static readonly Target AcceptRatio = new("durable accepts/s ÷ bare endpoint's requests/s, one core, 50 connections, unique leads", 0.25, 0.55, AtLeast: true);
    public static readonly Target AcceptP99 = new("p99 of a durable accept at 50 connections, same run", 20, 8, AtLeast: false, " ms");
    public static readonly Target FilledRatio = new("the same ratio with 1,000,000 leads stored ÷ with none", 0.85, 0.95, AtLeast: true);
    public static readonly Target Cold = new("cold: start to first durable 202 ÷ bare endpoint's first answer", 1.8, 1.3, AtLeast: false);
    public static readonly Target WorkerCold = new("as a worker: start to first accepted lead ÷ a minimal worker's", 1.5, 1.2, AtLeast: false);
    public static readonly Target WorkerPosts = new("as a worker: posts/s with 16 connections ÷ a minimal worker's", 0.7, 0.9, AtLeast: true);
    public static readonly Target IdleMemory = new("idle memory ÷ bare endpoint's", 1.6, 1.2, AtLeast: false);
    public static readonly Target EndToEnd = new("end to end to two loopback destinations, two cores", 400, 2000, AtLeast: true, " leads/s");
    public static readonly Target SlowDestinations = new("accept p99 with destinations 5 s slow ÷ with fast ones", 1.5, 1.1, AtLeast: false);

    public static readonly Target History = new("the slowest request to a run history of 1,000,000 leads, p99", 200, 200, AtLeast: false, " ms");

    public static readonly Target Disk = new("room in the SQLite file for a lead with two deliveries that have arrived", 3072, 3072, AtLeast: false, " bytes");

    public static readonly Target Capacity = new("leads/s on Azure Storage within an account's limits, in sixteen partitions ÷ in one", 8, 10, AtLeast: true);
    public static readonly Target AccountUsed = new("the part of an account's limit that sixteen partitions use", 80, 80, AtLeast: true, " %");

    public Figure Measured(double value, string note = "") => new(this, value, note);

    public string Text(double number) => $"{(AtLeast ? "≥" : "≤")} {Number(number)}";

    public string Number(double number) => number.ToString(number >= 100 ? "#,0" : "0.00", CultureInfo.InvariantCulture) + Unit;
}

/// <summary>A target with what was measured.</summary>
/// <param name="Note">What one must know to trust the figure; may be empty.</param>
internal sealed record Figure(Target Target, double Value, string Note)
{
    public string Verdict =>
        Reaches(Target.Ambition) ? "ambition reached"
        : Reaches(Target.Owed) ? "owed kept"
        : "not met";

    public override string ToString() => $"{Target.Name}: {Target.Number(Value)} (owed {Target.Text(Target.Owed)}, ambition {Target.Text(Target.Ambition)}): {Verdict}{(Note.Length > 0 ? $"; {Note}" : "")}";

    private bool Reaches(double number) => Target.AtLeast ? Value >= number : Value <= number;
}
