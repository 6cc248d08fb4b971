using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace LeadFunctions.Tests.Simulation;

/// <summary>What a table service holds: entities by partition and key in the order of their keys, each with its version.</summary>
internal sealed class SimulatedTable
{
    private readonly Dictionary<(string Partition, string Row), TableEntity> _entities = [];
    private readonly Dictionary<string, SortedSet<string>> _rows = [];
    private long _versions;

    public TableEntity? Find(string partition, string row) => _entities.TryGetValue((partition, row), out var entity) ? Copy(entity) : null;

    public IEnumerable<TableEntity> Range(string partition, string from, string before) =>
        !_rows.TryGetValue(partition, out var rows) || string.CompareOrdinal(from, before) > 0
            ? []
            : rows.GetViewBetween(from, before).TakeWhile(row => row != before).Select(row => Copy(_entities[(partition, row)]));

    /// <summary>All of the changes, or none with the error of the first that can't be made.</summary>
    public void Change(IReadOnlyList<TableTransactionAction> actions)
    {
        var keys = actions.Select(action => (action.Entity.PartitionKey, action.Entity.RowKey)).ToArray();
        var before = keys.Select(key => (Key: key, Entity: _entities.GetValueOrDefault(key))).ToArray();
        if (keys.DistinctBy(key => key.PartitionKey).Count() != 1 || keys.Distinct().Count() != actions.Count || actions.Count > 100)
        {
            throw new RequestFailedException(400, "One partition, no entity twice, at most a hundred.", "InvalidInput", null);
        }

        foreach (var (action, (_, there)) in actions.Zip(before))
        {
            if (Fault(action, there) is var (status, code))
            {
                throw new RequestFailedException(status, "The change met something else.", code, null);
            }
        }

        foreach (var (action, (key, there)) in actions.Zip(before))
        {
            if (action.ActionType == TableTransactionActionType.Delete)
            {
                _entities.Remove(key);
                _rows[key.PartitionKey].Remove(key.RowKey);
                continue;
            }

            var entity = Copy((TableEntity)action.Entity);
            if (action.ActionType is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge && there is not null)
            {
                foreach (var (name, value) in there.Where(property => !entity.ContainsKey(property.Key)))
                {
                    entity[name] = value;
                }
            }

            entity.ETag = new ETag(string.Create(CultureInfo.InvariantCulture, $"W/\"{++_versions}\""));
            _entities[key] = entity;
            Rows(key.PartitionKey).Add(key.RowKey);
        }
    }

    private SortedSet<string> Rows(string partition) =>
        _rows.TryGetValue(partition, out var rows) ? rows : _rows[partition] = new SortedSet<string>(StringComparer.Ordinal);

    private static (int Status, string Code)? Fault(TableTransactionAction action, TableEntity? there) => action.ActionType switch
    {
        TableTransactionActionType.Add => there is null ? null : (409, "EntityAlreadyExists"),
        TableTransactionActionType.UpsertMerge or TableTransactionActionType.UpsertReplace => null,
        _ when there is null => (404, "ResourceNotFound"),
        _ => action.ETag == ETag.All || action.ETag == there.ETag ? null : (412, "UpdateConditionNotSatisfied"),
    };

    private static TableEntity Copy(TableEntity entity) =>
        new(entity.ToDictionary(property => property.Key, property => property.Value)) { ETag = entity.ETag };
}

/// <summary>
/// An instance's client of the simulated table, in the place of the SDK's own: each request takes its time there and back, some fail, of
/// some the answer is lost, and the program may be killed in between. What the SDK does by itself, to try again, is not simulated.
/// </summary>
internal sealed partial class SimulatedTableClient(SimulatedTable table, SimulatedWorld world, SimulatedProgram? program) : TableClient
{
    public override Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Response.FromValue(new TableItem("leads"), new Answer(204)));

    public override Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        RequestAsync(() => table.Find(partitionKey, rowKey) is { } entity
            ? Response.FromValue((T)(object)entity, new Answer(200))
            : throw new RequestFailedException(404, "There is none.", "ResourceNotFound", null));

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        var (range, names) = (Range().Match(filter!), select?.ToHashSet(StringComparer.Ordinal));
        return new Pages<T>((from, most) => RequestAsync(() =>
        {
            var found = table.Range(range.Groups[1].Value, from ?? range.Groups[2].Value, range.Groups[3].Value).Take(most + 1).ToList();
            T[] selected = [.. found.Take(most).Select(entity => (T)(object)Selected(entity))];
            return Page<T>.FromValues(selected, found.Count > most ? found[most].RowKey : null, new Answer(200));
        }), maxPerPage ?? 1_000);

        TableEntity Selected(TableEntity entity) => names is null ? entity : Projected(entity, names);
    }

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        TableTransactionAction[] actions = [.. transactionActions];
        return RequestAsync(() =>
        {
            table.Change(actions);
            return Response.FromValue<IReadOnlyList<Response>>([.. actions.Select(_ => new Answer(204))], new Answer(202));
        });
    }

    private async Task<T> RequestAsync<T>(Func<T> serve)
    {
        if (program is null || program.IsStarting)
        {
            return serve();
        }

        var fate = world.NextStoreFate();
        await world.Loop.WaitAsync(fate.Before, program.Context);
        if (fate.IsAway)
        {
            throw new RequestFailedException(503, "Too much to do.", "ServerBusy", null);
        }

        var (answer, fault) = (default(T), default(RequestFailedException));
        try
        {
            answer = serve();
        }
        catch (RequestFailedException exception)
        {
            fault = exception;
        }

        if (fate.KillsAfterwards)
        {
            program.Kill();
        }

        await world.Loop.WaitAsync(fate.After, program.Context);
        return fate.LosesAnswer ? throw new IOException("The connection broke.") : fault is null ? answer! : throw fault;
    }

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

    private sealed class Answer(int status) : Response
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
}
