namespace LeadFunctions.Benchmarks;

/// <summary>
/// A folder removed with all that is in it. It lies below <c>artifacts</c> and not in the system's temporary folder, which is in memory on
/// many machines: a synced write there would cost nothing.
/// </summary>
internal sealed class Scratch : IDisposable
{
    public Scratch() => Directory.CreateDirectory(Path);

    public string Path { get; } = Repository.File("artifacts", "benchmarks", Guid.NewGuid().ToString("N"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string NewFolder() => Directory.CreateDirectory(File(Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
