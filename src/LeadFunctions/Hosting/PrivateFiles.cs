namespace LeadFunctions.Hosting;

/// <summary>
/// Files and folders of the program's own user alone (0600, 0700), whatever the umask: leads are personal data, and who can open a lock can
/// hold it. A folder that is there already stays as it is. On Windows, and on disks without modes, the rights are those that the folder
/// hands down.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnFolder = Own | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, with those above it, if there is none.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } above)
        {
            MakeFolder(above);
        }

        Directory.CreateDirectory(path, OwnFolder);
        SetMode(path, OwnFolder);
    }

    /// <summary>A file that is made here is the program's own; one that is there keeps its mode.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.None)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, options);
        }

        options.UnixCreateMode = Own;
        var isNew = !File.Exists(path);
        var file = new FileStream(path, options);
        if (isNew)
        {
            // A umask may have taken away what the program itself needs.
            SetMode(path, Own);
        }

        return file;
    }

    /// <summary>Takes away what others may do with a file.</summary>
    public static void Close(string path)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(path) && File.GetUnixFileMode(path) != Own)
        {
            SetMode(path, Own);
        }
    }

    /// <summary>Gives a file the mode of the one that it is about to replace.</summary>
    public static void KeepMode(string replaced, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            SetMode(path, File.GetUnixFileMode(replaced));
        }
    }

    public static bool IsPrivate(string path) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & ~OwnFolder) == 0;

    private static void SetMode(string path, UnixFileMode mode)
    {
        try
        {
#pragma warning disable CA1416 // Nobody comes here on Windows.
            File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk without modes, or a file that its owner lets the program use: that is the owner's arrangement.
        }
    }
}
