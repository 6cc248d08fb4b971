using System.Diagnostics;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>A filesystem of a few megabytes, to be filled up or made read-only. Needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Skips the test, with the reason, where nothing can be mounted.</summary>
    public static SmallDisk Mount(TemporaryFolder folder, int megabytes)
    {
        var path = folder.File("disk");
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path))
        {
            Assert.Skip("A small filesystem can't be mounted here: that takes Linux and the right to mount (root).");
        }

        return new SmallDisk(path);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes up room until <see cref="Free"/>.</summary>
    public void Fill(int megabytes) => System.IO.File.WriteAllBytes(File("ballast"), new byte[megabytes * 1024 * 1024]);

    public void Free() => System.IO.File.Delete(File("ballast"));

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void MakeWritable() => Assert.True(Run("mount", "-o", "remount,rw", Path));

    public void Dispose() => Run("umount", "-l", Path);

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
