using System.Globalization;
using Azure;
using Azure.Data.Tables;

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
