using LeadFunctions.Hosting;

namespace LeadFunctions.Destinations.Files;

/// <summary>Tries whether a place can be written, and leaves what is there as it is.</summary>
internal static class WriteCheck
{
    public static CheckResult OfFile(string path) => Try(path, () =>
    {
        if (!File.Exists(path))
        {
            TryFolder(Path.GetDirectoryName(path)!);
            return;
        }

        // Shared: a running instance may be writing a line.
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    });

    public static CheckResult OfFolder(string path) => Try(path, () => TryFolder(path));

    private static void TryFolder(string path)
    {
        PrivateFiles.MakeFolder(path);
        using var file = new FileStream(
            Path.Combine(path, $".check-{Guid.NewGuid():N}"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            1,
            FileOptions.DeleteOnClose);
    }

    private static CheckResult Try(string path, Action write)
    {
        try
        {
            write();
            return new CheckResult($"{path} can be written", true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CheckResult(
                $"{path} can be written",
                false,
                $"{exception.Message} Let the program's user write there, or set Path to another place.");
        }
    }
}
