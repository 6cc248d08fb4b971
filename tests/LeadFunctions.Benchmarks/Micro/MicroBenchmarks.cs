using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LeadFunctions.Benchmarks.Micro;

/// <summary>The pure parts, one by one, with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    public static void Run(bool brief)
    {
        // In this process: the projects that BenchmarkDotNet would generate don't find their way in this repository's output folder.
        var job = (brief ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = DefaultConfig.Instance.AddJob(job).WithArtifactsPath(Repository.File("artifacts", "benchmarks", "micro"));
        BenchmarkRunner.Run([typeof(IntakeBenchmarks), typeof(RenderingBenchmarks)], config);
    }
}
