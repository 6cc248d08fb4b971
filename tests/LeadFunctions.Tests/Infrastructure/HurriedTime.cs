using LeadFunctions.Runs;

namespace LeadFunctions.Tests.Infrastructure;

/// <summary>Whoever measures how long something took finds that it took longer than one step of an act may.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private long _timestamp;

    public override long GetTimestamp() => Interlocked.Add(ref _timestamp, (long)(ActionSteps.MostTime.TotalSeconds + 1) * TimestampFrequency);
}
