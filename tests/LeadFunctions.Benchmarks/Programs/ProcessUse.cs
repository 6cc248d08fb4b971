using System.Globalization;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>What a process has used so far, from <c>/proc</c>.</summary>
/// <param name="Resident">Bytes in memory now (VmRSS).</param>
/// <param name="Cpu">User and system time since its start, in the kernel's ticks of 10 ms.</param>
/// <param name="Written">Bytes that it sent to the disk since its start.</param>
internal readonly record struct ProcessUse(long Resident, TimeSpan Cpu, long Written)
{
    private const int TicksPerSecond = 100;

    public static ProcessUse Of(int id)
    {
        // The name stands in brackets and may hold blanks; user and system time are the 12th and 13th field after it.
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessUse(
            Number($"/proc/{id}/status", "VmRSS:") * 1024,
            TimeSpan.FromSeconds((Parse(fields[11]) + Parse(fields[12])) / (double)TicksPerSecond),
            Number($"/proc/{id}/io", "write_bytes:"));
    }

    private static long Number(string file, string name) =>
        File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal)))
            .First();

    private static long Parse(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
