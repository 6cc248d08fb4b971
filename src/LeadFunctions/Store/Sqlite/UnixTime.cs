namespace LeadFunctions.Store.Sqlite;

/// <summary>Times in the file are integer unix milliseconds.</summary>
internal static class UnixTime
{
    public static DateTimeOffset Of(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Of(long? milliseconds) => milliseconds is { } known ? Of(known) : null;
}
