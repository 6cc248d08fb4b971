namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "leadfunctions-tests", Guid.NewGuid().ToString("N"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether there is a file of this name; the name may hold <c>*</c> for any text, the folders before it may not.</summary>
    public bool Holds(string name)
    {
        var folder = System.IO.Path.GetDirectoryName(File(name))!;
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, System.IO.Path.GetFileName(name)).Any();
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test may have removed it itself.
        }
    }
}
