using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadFunctions.Telemetry.Alerts;

/// <summary>What is remembered of one thing that can be alerted about. It is kept in the store, for restarts and other instances.</summary>
internal sealed record AlertNote
{
    public static readonly AlertNote None = new();

    /// <summary>Since when it holds, as far as anybody has looked; null: it does not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many there were at the last look.</summary>
    public int Seen { get; init; }

    /// <summary>How many of them have been told.</summary>
    public int Told { get; init; }

    /// <summary>When it was told last.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Its beginning was told, its end not yet.</summary>
    public bool IsBegun { get; init; }

    /// <summary>What came before it has been told or is of no interest: the reader's place among events.</summary>
    public DateTimeOffset? Place { get; init; }

    /// <summary>An instance is telling it, until then at most.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>Nobody could be told: not again before then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public int FailedTries { get; init; }

    public static AlertNote Parse(string? state) =>
        state is null ? None : JsonSerializer.Deserialize(state, AlertJson.Default.AlertNote) ?? None;

    public string ToState() => JsonSerializer.Serialize(this, AlertJson.Default.AlertNote);
}

/// <summary>What a look found about one thing.</summary>
/// <param name="Count">How many; 1 for what is or is not.</param>
/// <param name="Gathers">They come one by one: they are told when no more have come between two looks.</param>
/// <param name="IsEvent">It has no end: what came is told, and done.</param>
internal readonly record struct Finding(bool Holds, int Count = 1, bool Gathers = false, bool IsEvent = false);

/// <summary>What is to be told.</summary>
internal enum AlertStep
{
    Nothing,
    Begin,

    /// <summary>It has become more since it was told.</summary>
    More,
    End,
}

/// <summary>What a look means for what is remembered. Pure.</summary>
/// <param name="Note">What is remembered when nothing is to be told, or once it has been told.</param>
internal readonly record struct AlertDecision(AlertStep Step, AlertNote Note)
{
    /// <summary>Longer than telling by all channels may take.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    public static AlertDecision Of(AlertNote note, Finding found, DateTimeOffset now, AlertOptions options)
    {
        if (note.ClaimedUntil > now || note.NotBefore > now)
        {
            return new AlertDecision(AlertStep.Nothing, note);
        }

        var free = note with { ClaimedUntil = null, NotBefore = null };
        if (!found.Holds)
        {
            var over = free with { Since = null, Seen = 0, Told = 0, IsBegun = false, FailedTries = 0 };
            return note.IsBegun ? new AlertDecision(AlertStep.End, over) : new AlertDecision(AlertStep.Nothing, over);
        }

        var since = note.Since ?? now;
        // Some may have been dealt with: what comes after them is news again.
        var told = Math.Min(note.Told, found.Count);
        var isNews = !note.IsBegun || found.Count > told;
        var isSettled = !found.Gathers || found.Count == note.Seen || now - since >= options.GatherFor;
        var mayTell = note.ToldAt is not { } at || now - at >= options.RepeatAfter || at > now;
        if (!isNews || !isSettled || !mayTell)
        {
            return new AlertDecision(AlertStep.Nothing, free with { Since = since, Seen = found.Count, Told = told });
        }

        var after = found.IsEvent
            ? free with { Since = null, Seen = 0, Told = 0, ToldAt = now, FailedTries = 0 }
            : free with { Since = since, Seen = found.Count, Told = found.Count, ToldAt = now, IsBegun = true, FailedTries = 0 };
        return new AlertDecision(note.IsBegun ? AlertStep.More : AlertStep.Begin, after);
    }

    /// <summary>The note while one instance tells it.</summary>
    public static AlertNote Claimed(AlertNote note, DateTimeOffset now) => note with { ClaimedUntil = now + ClaimTime, NotBefore = null };

    /// <summary>The note when nobody could be told: it is owed still, ever less often.</summary>
    public static AlertNote Failed(AlertNote note, DateTimeOffset now, TimeSpan every)
    {
        var wait = every * Math.Pow(2, Math.Min(note.FailedTries, 10));
        return note with
        {
            ClaimedUntil = null,
            FailedTries = note.FailedTries + 1,
            NotBefore = now + (wait < LongestWait ? wait : LongestWait),
        };
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AlertNote))]
[JsonSerializable(typeof(ChannelNote))]
internal sealed partial class AlertJson : JsonSerializerContext;
