using System.Diagnostics;
using LeadFunctions.Hosting;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Held as long as this program uses the file. While it is held no other program delivers from the file, so that at start every
/// claim found in it is a dead program's. The system lets go of it at a kill.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <summary>Waits for another instance to end, at most for <paramref name="patience"/>.</summary>
    public static InstanceLock Take(string databasePath, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // Who can open the file can hold it, so nobody else may.
                PrivateFiles.Close(databasePath + ".lock");
                return new InstanceLock(PrivateFiles.Open(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite));
            }
            catch (IOException exception) when (IsHeld(exception) && waited.Elapsed < patience)
            {
                Thread.Sleep(100);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                throw new StoreUnavailableException(
                    $"Another LeadFunctions uses {databasePath}. Stop it, or give this one a Store:Path of its own.", exception);
            }
        }
    }

    /// <summary>Whether a running instance holds it at this moment.</summary>
    public static bool IsTaken(string databasePath)
    {
        try
        {
            using var file = new FileStream(databasePath + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException exception)
        {
            return IsHeld(exception);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK on Linux and macOS, a sharing violation on Windows. Everything else is the disk's own trouble.</summary>
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
