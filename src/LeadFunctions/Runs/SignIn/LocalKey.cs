using System.Security.Cryptography;
using LeadFunctions.Hosting;

namespace LeadFunctions.Runs.SignIn;

/// <summary>
/// The key of the run history where none is set: made at the first start, kept in a file of the program's own beside the store, for the
/// link that is printed at the start and for the commands on this machine. It is taken from this machine alone. A new one is made when the
/// file is deleted, or when others could have read it.
/// </summary>
internal static class LocalKey
{
    /// <summary>What actions are recorded with.</summary>
    public const string Name = "local";

    public const string FileName = "runs.key";

    private const int Length = 48;

    public static string PathBeside(string storePath) => Path.Combine(Path.GetDirectoryName(storePath)!, FileName);

    /// <summary>Where the file can't be written the key lasts as long as the program.</summary>
    public static AccessKey Ensure(string storePath)
    {
        var path = PathBeside(storePath);
        var made = RandomNumberGenerator.GetHexString(Length, lowercase: true);
        try
        {
            PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
            if (Read(path) is { } kept)
            {
                return new AccessKey(Name, kept);
            }

            File.Delete(path);
            var half = $"{path}.{Guid.NewGuid():N}";
            using (var file = PrivateFiles.Open(half, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(made + "\n"));
            }

            File.Move(half, path);
            return new AccessKey(Name, made);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new AccessKey(Name, Read(path) ?? made);
        }
    }

    /// <summary>Null when there is none, or none that only the program's own user can have read.</summary>
    public static string? Read(string path)
    {
        try
        {
            var text = File.Exists(path) && PrivateFiles.IsPrivate(path) ? File.ReadAllText(path).Trim() : "";
            return text.Length == Length && text.All(char.IsAsciiHexDigitLower) ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The link for a browser on this machine.</summary>
    public static string Link(string url, string key) => $"{url.TrimEnd('/')}/api/runs?code={key}";
}
