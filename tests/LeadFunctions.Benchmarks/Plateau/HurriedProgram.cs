using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Benchmarks.Plateau;

/// <summary>
/// LeadFunctions whole, as it runs alone, on a clock that hurries. For each line that it reads it collects what is garbage and says how much
/// it holds.
/// </summary>
internal static class HurriedProgram
{
    public const string Command = "hurried";

    public static async Task<int> RunAsync(int factor)
    {
        await using var app = LeadFunctionsServer.Build([], builder => builder.Services.AddSingleton<TimeProvider>(new HurriedTime(factor)));
        await app.StartAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            Console.WriteLine(Holding.Mark + string.Create(
                CultureInfo.InvariantCulture,
                $"{GC.GetTotalMemory(forceFullCollection: true)} {Resident()} {Count("fd")} {Count("task")}"));
        }

        await app.StopAsync();
        return 0;
    }

    private static long Resident() => Programs.ProcessUse.Of(Environment.ProcessId).Resident;

    private static int Count(string what) => Directory.GetFileSystemEntries($"/proc/self/{what}").Length;
}

/// <summary>What a program holds after it has collected its garbage.</summary>
internal readonly record struct Holding(long Heap, long Resident, int Handles, int Threads)
{
    /// <summary>What its line begins with; the program's log stands beside it.</summary>
    public const string Mark = "holding ";

    public static Holding? Read(string line)
    {
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        long[] numbers = [.. line[Mark.Length..].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return new Holding(numbers[0], numbers[1], (int)numbers[2], (int)numbers[3]);
    }
}
