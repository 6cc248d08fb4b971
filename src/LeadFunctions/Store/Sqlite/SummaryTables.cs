using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Counts runs by state and by day. What is finished is what is left of all: the other states are read from indexes that hold nothing else.
/// </summary>
internal static class SummaryTables
{
    private const string LeadsOutsideSql =
        "SELECT (SELECT count(*) FROM lead_index WHERE id < $from) + (SELECT count(*) FROM lead_index WHERE id >= $before)";

    private const string LeadsOfDaySql = "SELECT count(*) FROM lead_index WHERE id >= $from AND id < $before";
    private const string NowhereSql = "SELECT id FROM lead_index INDEXED BY lead_index_nowhere WHERE destinations = ''";

    private const string RefusedSql =
        """
        SELECT CASE WHEN received_at >= $from AND received_at < $to THEN received_at / $day END AS day, count(*)
        FROM refused INDEXED BY refused_by_time GROUP BY day
        """;

    private const string RepeatedSql = "SELECT count(DISTINCT lead_key) FROM repeats";

    /// <summary>
    /// All leads. Each is counted where it is: most of the time that this takes is reading the index's pages. May run beside
    /// <see cref="CountStates"/>, on another connection.
    /// </summary>
    public static void CountLeads(SqliteSession session, DayCounts days)
    {
        days.Of(null).Leads = Leads(LeadsOutsideSql, days.All);
        foreach (var (ids, day) in days.Ranges())
        {
            day.Leads = Leads(LeadsOfDaySql, ids);
        }

        int Leads(string sql, IdRange ids) => (int)session.Number(sql, ("$from", ids.From), ("$before", ids.Before))!.Value;
    }

    /// <summary>The leads that are something else than finished, what was refused, and what was repeated.</summary>
    public static void CountStates(SqliteSession session, DayCounts days)
    {
        Count(NowhereSql, row => row.Id(0).Milliseconds, day => day.NoDestination++);
        Count(RunSearch.TimesSql(RunState.DeadLetter), row => row.Number(0), day => day.DeadLetter++);
        Count(RunSearch.TimesSql(RunState.InProgress), row => row.Number(0), day => day.InProgress++);
        foreach (var (day, count) in session.List(
            RefusedSql,
            row => (Day: row.NumberOrNull(0), Count: (int)row.Number(1)),
            ("$from", days.From),
            ("$to", days.To),
            ("$day", DayCounts.DayMilliseconds)))
        {
            days.Of(day).Refused += count;
        }

        days.Repeated = (int)session.Number(RepeatedSql)!.Value;

        void Count(string sql, Func<SqliteStatement, long> time, Action<DayCounts.Day> add)
        {
            using var rows = session.Query(sql);
            while (rows.Read())
            {
                add(days.At(time(rows)));
            }
        }
    }
}

/// <summary>Counts for each day of a summary in UTC, and for all that lies outside of its times.</summary>
internal sealed class DayCounts
{
    public const long DayMilliseconds = 24 * 60 * 60 * 1000;

    private readonly long _first;
    private readonly Day[] _days;
    private readonly Day _outside = new();

    public DayCounts(DateTimeOffset from, DateTimeOffset to)
    {
        (From, To) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        _first = From / DayMilliseconds;
        _days = new Day[Math.Max(0, (int)(((To - 1) / DayMilliseconds) - _first + 1))];
        for (var index = 0; index < _days.Length; index++)
        {
            _days[index] = new Day();
        }
    }

    /// <summary>A unix time in milliseconds.</summary>
    public long From { get; }

    /// <summary>The first after all days.</summary>
    public long To { get; }

    public int Repeated { get; set; }

    /// <summary>The ids of all days.</summary>
    public IdRange All => new(Id(From), Id(Math.Max(From, To)));

    /// <summary>The ids of each day.</summary>
    public IEnumerable<(IdRange Ids, Day Day)> Ranges()
    {
        for (var day = 0; day < _days.Length; day++)
        {
            var begins = (_first + day) * DayMilliseconds;
            yield return (new IdRange(Id(Math.Max(From, begins)), Id(Math.Min(To, begins + DayMilliseconds))), _days[day]);
        }
    }

    /// <param name="milliseconds">A unix time.</param>
    public Day At(long milliseconds) =>
        milliseconds >= From && milliseconds < To ? _days[(milliseconds / DayMilliseconds) - _first] : _outside;

    /// <param name="number">Of days since 1970; null: outside.</param>
    public Day Of(long? number) => number is { } day ? _days[day - _first] : _outside;

    public RunSummary Summary()
    {
        Day[] all = [.. _days, _outside];
        var first = DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)_first);
        return new RunSummary(
            new Dictionary<RunState, int>
            {
                [RunState.Delivered] = all.Sum(day => day.Delivered),
                [RunState.InProgress] = all.Sum(day => day.InProgress),
                [RunState.DeadLetter] = all.Sum(day => day.DeadLetter),
                [RunState.NoDestination] = all.Sum(day => day.NoDestination),
                [RunState.Repeated] = Repeated,
            },
            all.Sum(day => day.Refused),
            [.. _days.Select((day, index) => day.Summary(first.AddDays(index)))]);
    }

    private static string Id(long milliseconds) => LeadId.First(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).ToString();

    internal sealed class Day
    {
        public int Leads { get; set; }

        public int InProgress { get; set; }

        public int DeadLetter { get; set; }

        public int NoDestination { get; set; }

        public int Refused { get; set; }

        /// <summary>
        /// What is left of all. Both were counted at moments that are nearly the same: what came or went between them must not become less
        /// than none.
        /// </summary>
        public int Delivered => Math.Max(0, Leads - InProgress - DeadLetter - NoDestination);

        public DaySummary Summary(DateOnly date) => new(date, Delivered, InProgress, DeadLetter, NoDestination, Refused);
    }
}
