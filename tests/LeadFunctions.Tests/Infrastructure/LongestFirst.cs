using LeadFunctions.Tests.Infrastructure;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>
/// Classes that take minutes, most of them waiting for other programs, begin first: begun last, one of them would keep the whole run
/// waiting. Those that compute stand between those that wait. The others follow in xunit's own order. A collection of several classes is
/// called by its definition's name.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        "AzureLethalLeadTests", "QueueWakesTests", "InBrowser", "SimulationTests", "AzureLeadStoreTests", "Packaged", "HostedAlertTests",
        "AzureKillTests", "SqliteLethalLeadTests", "AlertCrashTests", "SoakTests", "AzureStopTests", "WorkerLifeTests",
        "AzureInstancesTests", "EventsEndTheSameTests", "SimulatedMonthTests", "SqliteKillTests", "FreezeTests", "DiskFaultTests",
        "FailingSyncTests", "PathTests", "QueueTriggeredDeliveryTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection =>
            Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var place
                ? place
                : Long.Length)];
}
