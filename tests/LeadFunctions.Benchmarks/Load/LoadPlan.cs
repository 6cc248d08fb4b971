namespace LeadFunctions.Benchmarks.Load;

/// <param name="Count">How many leads are posted; null: as many as go into <paramref name="Time"/>.</param>
/// <param name="Headers">What each request has besides, each line with its end.</param>
/// <param name="Rate">Posts a second, evenly spaced; null: each connection posts again as soon as it has its answer.</param>
internal sealed record LoadPlan(int Port, int Connections, TimeSpan Time, int? Count = null, int? Rate = null, string Headers = "");
