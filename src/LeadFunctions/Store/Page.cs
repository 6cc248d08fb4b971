using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Next">The last item's id: the next page is what came before it. Null when there is no more.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, LeadId? Next);

/// <summary>How much a page holds besides what was asked for.</summary>
internal static class Page
{
    /// <summary>
    /// A page ends early when what its items say is as long as this: it is held in memory as a whole, and what is made of it is larger.
    /// </summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>As many as were asked for and fit. There is one more where there is a next page.</summary>
    public static async Task<Page<T>> OfAsync<T>(
        IAsyncEnumerable<T> found,
        int take,
        Func<T, LeadId> id,
        Func<T, int> length,
        CancellationToken stop)
    {
        var (items, bytes) = (new List<T>(), 0L);
        await foreach (var item in found.Take(take + 1).WithCancellation(stop))
        {
            if (items.Count == take || bytes >= MostBytes)
            {
                return new Page<T>(items, id(items[^1]));
            }

            items.Add(item);
            bytes += length(item);
        }

        return new Page<T>(items, null);
    }
}
