namespace LeadFunctions.Tests.Infrastructure;

/// <summary>What a file's owner, its group and all others may do with it, as <c>chmod</c> writes it: <c>600</c>. On Windows always that.</summary>
internal static class OwnModes
{
    public static string Of(string path) => OperatingSystem.IsWindows() ? "600" : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    public static void Set(string path, string mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }
    }
}
