namespace LeadFunctions.Store.Sqlite;

/// <summary>Times in the file are integer unix milliseconds.</summary>
internal static class UnixTime
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static DateTimeOffset Of(long milliseconds) =>
        milliseconds >= 0 && milliseconds <= Latest ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : throw SqliteFault.Damaged("a time");

    public static DateTimeOffset? Of(long? milliseconds) => milliseconds is { } known ? Of(known) : null;
}
