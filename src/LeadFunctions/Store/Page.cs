using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Next">The last item's id: the next page is what came before it. Null when there is no more.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, LeadId? Next);

/// <summary>
/// A page that is being filled, newest first. It is full with as many items as were asked for, or early when what they say is as long as
/// <see cref="MostBytes"/>: it is held in memory as a whole, and what is made of it is larger.
/// </summary>
internal sealed class PageInMaking<T>(int take, Func<T, LeadId> id, Func<T, int> length)
{
    private const int MostBytes = 1024 * 1024;

    private readonly List<T> _items = [];
    private long _bytes;

    public bool IsFull => _items.Count == take || _bytes >= MostBytes;

    /// <summary>False when the page is full: then there is a next one, that begins with this item.</summary>
    public bool TryAdd(T item)
    {
        if (IsFull)
        {
            return false;
        }

        _items.Add(item);
        _bytes += length(item);
        return true;
    }

    /// <summary>Adds what is found. There is one more where there is a next page.</summary>
    public async Task<Page<T>> FillAsync(IAsyncEnumerable<T> found, CancellationToken stop)
    {
        await foreach (var item in found.Take(take + 1).WithCancellation(stop))
        {
            if (!TryAdd(item))
            {
                return End(isMore: true);
            }
        }

        return End(isMore: false);
    }

    public Page<T> End(bool isMore) => new(_items, isMore ? id(_items[^1]) : null);
}

/// <summary>What pages are of.</summary>
internal static class PageInMaking
{
    public static PageInMaking<Run> OfRuns(int take) => new(take, run => run.Lead.Id, run => run.Lead.Content.Utf8.Length);

    public static PageInMaking<RefusedBody> OfRefused(int take) => new(take, body => body.Id, body => body.Body.Length);
}
