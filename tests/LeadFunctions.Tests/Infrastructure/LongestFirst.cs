using LeadFunctions.Tests.Infrastructure;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>
/// Classes that take minutes, most of them waiting for other programs, begin first: begun last, one of them would keep the whole run
/// waiting. The others follow in xunit's own order.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        "QueueWakesTests", "HostedAlertTests", "SimulationTests", "AzureLeadStoreTests", "LethalLeadTests", "AzureInstancesTests",
        "AzureKillTests", "AlertCrashTests", "SoakTests", "WorkerLifeTests", "EventsEndTheSameTests", "SimulatedMonthTests",
        "PackageInAzureTests", "AzureStopTests", "FreezeTests", "DiskFaultTests", "FailingSyncTests", "PageLookTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection =>
            Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var place
                ? place
                : Long.Length)];
}
