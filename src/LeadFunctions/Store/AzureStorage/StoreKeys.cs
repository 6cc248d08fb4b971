using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// The keys of everything within a partition. What a key begins with is what it is; leads and what belongs to them sort the newest first,
/// because their ids sort by time and stand here with every bit turned. <c>/</c> follows <c>.</c>, and so ends a range.
/// </summary>
internal static class StoreKeys
{
    public const string AllDue = "due.";

    public const string AllDead = "dead.";

    private const string Waits = "waits";

    private const int DueLength = 15;

    /// <summary>The lead itself; its deliveries, attempts, repeats and actions follow it.</summary>
    public static string Lead(LeadId id) => $"lead.{Inverted(id)}.0";

    public static string Delivery(LeadId id, string destination) => $"lead.{Inverted(id)}.1.{destination}";

    public static string Attempt(LeadId id, string destination, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"lead.{Inverted(id)}.2.{destination}.{number:D6}");

    /// <param name="own">What tells it from others of the same moment, and is the same when it is written again.</param>
    public static string Repeat(LeadId id, DateTimeOffset at, Guid own) => $"lead.{Inverted(id)}.3.{Milliseconds(at)}.{own:N}";

    /// <summary>In the partition that an id names, where the lead is if it is elsewhere: one that has its id from before.</summary>
    public static string Elsewhere(LeadId id) => $"elsewhere.{Inverted(id)}";

    public static string Audit(LeadId id, DateTimeOffset at) => $"lead.{Inverted(id)}.4.{Milliseconds(at)}.{Guid.CreateVersion7():N}";

    /// <summary>The lead and its deliveries: what is needed to work on it.</summary>
    public static (string From, string Before) Work(LeadId id) => (Lead(id), $"lead.{Inverted(id)}.2");

    public static (string From, string Before) Run(LeadId id) => (Lead(id), $"lead.{Inverted(id)}/");

    /// <summary>What the last attempt sent: beside the run, because lists show none of it.</summary>
    public static string Sent(LeadId id, string destination) => $"sent.{Inverted(id)}.{destination}";

    public static (string From, string Before) AllSent(LeadId id) => ($"sent.{Inverted(id)}.", $"sent.{Inverted(id)}/");

    /// <summary>
    /// When a delivery may be claimed; null: it waits for another one. Each unfinished delivery has exactly one such entity.
    /// </summary>
    public static string Due(string destination, DateTimeOffset? due, LeadId id) =>
        $"due.{destination}.{(due is { } at ? Milliseconds(at) : Waits)}.{id.Value:N}";

    /// <summary>All of a destination's deliveries with a time, the first due first.</summary>
    public static (string From, string Before) DueAt(string destination) => ($"due.{destination}.", $"due.{destination}.{Waits}");

    /// <summary>Before all of a destination's deliveries that are due at a time or later.</summary>
    public static string DueBefore(string destination, DateTimeOffset time) => $"due.{destination}.{Milliseconds(time)}.";

    /// <summary>After all of a destination's deliveries.</summary>
    public static string AfterDue(string destination) => $"due.{destination}/";

    public static (string Destination, DateTimeOffset? Due, LeadId Lead) ReadDue(string key)
    {
        var parts = key.Split('.');
        return (
            parts[1],
            parts[2] == Waits ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[2], CultureInfo.InvariantCulture)),
            new LeadId(Guid.ParseExact(parts[3], "N")));
    }

    public static string Dead(LeadId id, string destination) => $"dead.{Inverted(id)}.{destination}";

    public static string DestinationOfDead(string key) => key.Split('.', 3)[2];

    /// <summary>The newest lead with a deduplication key (stored as print).</summary>
    public static string DeduplicationKey(string digits) => $"print.{digits}";

    public static string Refused(LeadId id) => $"refused.{Inverted(id)}.0";

    /// <summary>
    /// The leads of one shared row, beside the other shared rows of its group, the older state first; of equal ones that which came first.
    /// </summary>
    public static string Row(SharedRow sharedRow, DateTimeOffset came, LeadId id) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"row.{sharedRow.GroupId.Value:N}.{sharedRow.RowId.Value:N}.{(ulong)sharedRow.Order.Stored ^ (1UL << 63):D20}"
                + $".{came.UtcTicks:D19}.{id.Value:N}");

    public static (string From, string Before) AllOfRow(SharedRow sharedRow) =>
        ($"row.{sharedRow.GroupId.Value:N}.{sharedRow.RowId.Value:N}.", $"row.{sharedRow.GroupId.Value:N}.{sharedRow.RowId.Value:N}/");

    public static (string From, string Before) AllOfGroup(LeadId groupId) => ($"row.{groupId.Value:N}.", $"row.{groupId.Value:N}/");

    /// <summary>What the keys of one shared row's leads have in common.</summary>
    public static string RowOf(string key) => key.Split('.')[2];

    /// <summary>Changed by every claim of one shared row at one destination, so that of two at the same moment one conflicts.</summary>
    public static string RowLock(SharedRow sharedRow, string destination) => $"turn.{sharedRow.RowId.Value:N}.{destination}";

    public static (string From, string Before) AllRowLocks(SharedRow sharedRow) =>
        ($"turn.{sharedRow.RowId.Value:N}.", $"turn.{sharedRow.RowId.Value:N}/");

    /// <summary>What a recipient got on a day; the leads follow it.</summary>
    public static string Mails(DateOnly day, string recipient) =>
        string.Create(CultureInfo.InvariantCulture, $"mail.{day.DayNumber:D7}.{recipient}");

    /// <summary>A value of <see cref="IKeyValueStore"/>; scopes and keys may hold any letters.</summary>
    public static string Value(string scope, string key) => $"seen.{Hash(scope)}.{Hash(key)}";

    public static (string From, string Before) Values(string scope) => ($"seen.{Hash(scope)}.", $"seen.{Hash(scope)}/");

    /// <summary>Those of a kind (<c>lead</c>, <c>dead</c>, <c>refused</c>) whose ids are in a range, the newest first.</summary>
    public static (string From, string Before) Newest(string kind, IdRange ids) => (
        LeadId.TryParse(ids.Before, out var before) ? $"{kind}.{Inverted(before)}/" : ids.Before.Length == 0 ? $"{kind}/" : $"{kind}.",
        LeadId.TryParse(ids.From, out var from) ? $"{kind}.{Inverted(from)}/" : $"{kind}/");

    /// <summary>Those of a kind that are older than an id.</summary>
    public static (string From, string Before) Older(string kind, LeadId than) => ($"{kind}.{Inverted(than)}/", $"{kind}/");

    /// <summary>The lead of a key that begins with a kind and a lead's inverted id.</summary>
    public static LeadId LeadOf(string key) => Inverted(key.Split('.')[1]);

    private static string Inverted(LeadId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        Invert(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static LeadId Inverted(string text)
    {
        var bytes = Convert.FromHexString(text);
        Invert(bytes);
        return new LeadId(new Guid(bytes, bigEndian: true));
    }

    private static void Invert(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = (byte)~value;
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Milliseconds(DateTimeOffset at) =>
        Math.Max(0, at.ToUnixTimeMilliseconds()).ToString($"D{DueLength}", CultureInfo.InvariantCulture);
}
