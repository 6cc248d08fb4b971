using LeadFunctions.Leads;

namespace LeadFunctions.Store.Sqlite;

/// <summary>Counts for each day of a summary in UTC, and for all that lies outside of its times.</summary>
internal sealed class DayCounts
{
    public const long DayMilliseconds = 24 * 60 * 60 * 1000;

    private readonly long _from;
    private readonly long _to;
    private readonly long _first;
    private readonly Day[] _days;
    private readonly Day _outside = new();

    public DayCounts(DateTimeOffset from, DateTimeOffset to)
    {
        (_from, _to) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        _first = _from / DayMilliseconds;
        _days = new Day[Math.Max(0, (int)(((_to - 1) / DayMilliseconds) - _first + 1))];
        for (var index = 0; index < _days.Length; index++)
        {
            _days[index] = new Day();
        }
    }

    /// <param name="milliseconds">A unix time.</param>
    public Day Of(long milliseconds) => milliseconds >= _from && milliseconds < _to ? _days[(milliseconds / DayMilliseconds) - _first] : _outside;

    /// <param name="number">Of days since 1970; null: outside.</param>
    public Day OfNumber(long? number) => number is { } day ? _days[day - _first] : _outside;

    /// <summary>The day that all ids from the first to the last are of; null when they are of several.</summary>
    public Day? OneOf(LeadId first, LeadId last) => Of(first.Milliseconds) is var day && day == Of(last.Milliseconds)
        && (day != _outside || last.Milliseconds < _from || first.Milliseconds >= _to) ? day : null;

    public RunSummary Summary(int repeated)
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
                [RunState.Repeated] = repeated,
            },
            all.Sum(day => day.Refused),
            [.. _days.Select((day, index) => new DaySummary(first.AddDays(index), day.Delivered, day.InProgress, day.DeadLetter, day.NoDestination, day.Refused))]);
    }

    internal sealed class Day
    {
        public int Leads { get; set; }

        public int InProgress { get; set; }

        public int DeadLetter { get; set; }

        public int NoDestination { get; set; }

        public int Refused { get; set; }

        public int Delivered => Leads - InProgress - DeadLetter - NoDestination;
    }
}
