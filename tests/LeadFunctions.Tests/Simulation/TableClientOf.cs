using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace LeadFunctions.Tests.Simulation;

/// <summary>A client of the simulated table, in the place of the SDK's own.</summary>
internal abstract partial class TableClientOf(SimulatedTable table) : TableClient
{
    public override Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Response.FromValue(new TableItem("leads"), new SimulatedAnswer(204)));

    public override Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        RequestAsync(partitionKey, () => 1, () => table.Find(partitionKey, rowKey) is { } entity
            ? Response.FromValue((T)(object)entity, new SimulatedAnswer(200))
            : throw new RequestFailedException(404, "There is none.", "ResourceNotFound", null));

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        var (range, names) = (Range().Match(filter!), select?.ToHashSet(StringComparer.Ordinal));
        var (partition, before) = (range.Groups[1].Value, range.Groups[3].Value);
        return new Pages<T>((next, most) => RequestAsync(partition, () => Found(next).Take(most).Count(), () =>
        {
            var found = Found(next).Take(most + 1).ToList();
            T[] selected = [.. found.Take(most).Select(entity => (T)(object)Selected(entity))];
            return Page<T>.FromValues(selected, found.Count > most ? found[most].RowKey : null, new SimulatedAnswer(200));
        }), maxPerPage ?? 1_000);

        IEnumerable<TableEntity> Found(string? next) => table.Range(partition, next ?? range.Groups[2].Value, before);

        TableEntity Selected(TableEntity entity) => names is null ? entity : Projected(entity, names);
    }

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        TableTransactionAction[] actions = [.. transactionActions];
        return RequestAsync(actions[0].Entity.PartitionKey, () => actions.Length, () =>
        {
            table.Change(actions);
            return Response.FromValue<IReadOnlyList<Response>>([.. actions.Select(_ => new SimulatedAnswer(204))], new SimulatedAnswer(202));
        });
    }

    /// <summary>One request on its way.</summary>
    /// <param name="entities">How many it reads or changes.</param>
    /// <param name="serve">What the service does with it.</param>
    protected abstract Task<T> RequestAsync<T>(string partition, Func<int> entities, Func<T> serve);

    private static TableEntity Projected(TableEntity entity, HashSet<string> names) =>
        new(names.Where(entity.ContainsKey).ToDictionary(name => name, name => entity[name])) { ETag = entity.ETag };

    [GeneratedRegex("^PartitionKey eq '(.*)' and RowKey ge '(.*)' and RowKey lt '(.*)'$")]
    private static partial Regex Range();

    private sealed class Pages<T>(Func<string?, int, Task<Page<T>>> read, int most) : AsyncPageable<T>
        where T : notnull
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            do
            {
                var page = await read(continuationToken, pageSizeHint ?? most);
                continuationToken = page.ContinuationToken;
                yield return page;
            }
            while (continuationToken is not null);
        }
    }
}

internal sealed class SimulatedAnswer(int status) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => false;

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => (value = null) is not null;

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
        (values = null) is not null;
}
