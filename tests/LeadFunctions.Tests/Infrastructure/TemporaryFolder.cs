namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="inMemory">Where the system has a place for that: for thousands of commits of which nothing must last.</param>
    public TemporaryFolder(bool inMemory = false)
    {
        Path = System.IO.Path.Combine(inMemory ? Memory : System.IO.Path.GetTempPath(), "leadfunctions-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
    }

    public static string Memory { get; } = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();

    public string Path { get; }

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
