using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>
/// Counts runs by state and by day. What is finished is what is left of all: the other states are read from indexes that hold nothing else.
/// </summary>
internal static class SummaryTables
{
    private const string LeadsSql = "SELECT count(*) FROM lead_index WHERE id >= $from AND id < $before";
    private const string NowhereSql = "SELECT id FROM lead_index INDEXED BY lead_index_nowhere WHERE destinations = ''";

    private const string RefusedSql =
        """
        SELECT CASE WHEN received_at >= $from AND received_at < $to THEN received_at / $day END AS day, count(*)
        FROM refused INDEXED BY refused_by_time GROUP BY day
        """;

    private const string RepeatedSql = "SELECT count(DISTINCT lead_key) FROM repeats";

    /// <summary>
    /// All leads, time by time; what another connection has taken to count meanwhile is left to it. Most of what this takes is reading the
    /// index's pages.
    /// </summary>
    public static void CountLeads(SqliteSession session, DayCounts days)
    {
        while (days.Take() is var (ids, day))
        {
            day.AddLeads((int)session.Number(LeadsSql, ("$from", ids.From), ("$before", ids.Before))!.Value);
        }
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

/// <summary>
/// Counts for each day of a summary in UTC, and for all that lies outside of its times. Two connections may count leads for it at once.
/// </summary>
internal sealed class DayCounts
{
    public const long DayMilliseconds = 24 * 60 * 60 * 1000;

    // What is older is divided, too: a year by months, so that two can count it.
    private const int Months = 12;
    private const long MonthMilliseconds = 30 * DayMilliseconds;

    private readonly long _first;
    private readonly Day[] _days;
    private readonly Day _outside = new();
    private readonly List<(IdRange Ids, Day Day)> _ranges;
    private int _taken;

    public DayCounts(DateTimeOffset from, DateTimeOffset to)
    {
        (From, To) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        _first = From / DayMilliseconds;
        _days = new Day[Math.Max(0, (int)(((To - 1) / DayMilliseconds) - _first + 1))];
        for (var index = 0; index < _days.Length; index++)
        {
            _days[index] = new Day();
        }

        _ranges = [.. Ranges()];
    }

    /// <summary>A unix time in milliseconds.</summary>
    public long From { get; }

    /// <summary>The first after all days.</summary>
    public long To { get; }

    public int Repeated { get; set; }

    /// <summary>Ids of which nobody else counts the leads, and where they belong; null when all are taken.</summary>
    public (IdRange Ids, Day Day)? Take() =>
        Interlocked.Increment(ref _taken) is var number && number <= _ranges.Count ? _ranges[number - 1] : null;

    /// <summary>All ids there are: each day's, and outside of them the later ones and the earlier ones.</summary>
    private IEnumerable<(IdRange Ids, Day Day)> Ranges()
    {
        yield return (IdRange.All with { From = Id(Math.Max(From, To)) }, _outside);
        for (var day = _days.Length - 1; day >= 0; day--)
        {
            var begins = (_first + day) * DayMilliseconds;
            yield return (new IdRange(Id(Math.Max(From, begins)), Id(Math.Min(To, begins + DayMilliseconds))), _days[day]);
        }

        var end = From;
        for (var month = 0; month < Months && end > 0; month++, end -= MonthMilliseconds)
        {
            yield return (new IdRange(Id(end - MonthMilliseconds), Id(end)), _outside);
        }

        yield return (IdRange.All with { Before = Id(end) }, _outside);
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
        private int _leads;

        public int InProgress { get; set; }

        public int DeadLetter { get; set; }

        public int NoDestination { get; set; }

        public int Refused { get; set; }

        /// <summary>
        /// What is left of all. Both were counted at moments that are nearly the same: what came or went between them must not become less
        /// than none.
        /// </summary>
        public int Delivered => Math.Max(0, _leads - InProgress - DeadLetter - NoDestination);

        public void AddLeads(int count) => Interlocked.Add(ref _leads, count);

        public DaySummary Summary(DateOnly date) => new(date, Delivered, InProgress, DeadLetter, NoDestination, Refused);
    }
}
