using System.Globalization;
using System.Runtime.InteropServices;

namespace LeadFunctions.Benchmarks;

/// <summary>What the figures were measured on, without its name or paths.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static string Description { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({CpuModel()}), {RuntimeInformation.OSArchitecture}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, files on {FileSystem()}");

    /// <summary>Where a tool is on the PATH; null when it isn't.</summary>
    public static string? Find(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, tool))
            .FirstOrDefault(File.Exists);

    private static string CpuModel() =>
        (File.Exists(CpuInfo) ? File.ReadLines(CpuInfo) : [])
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault() ?? "model unknown";

    private static string FileSystem() =>
        DriveInfo.GetDrives()
            .Where(drive => Repository.Root.StartsWith(drive.Name, StringComparison.Ordinal) && drive.IsReady)
            .OrderByDescending(drive => drive.Name.Length)
            .Select(drive => drive.DriveFormat)
            .FirstOrDefault() ?? "a file system unknown";
}
