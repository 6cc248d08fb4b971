using System.Text;
using Azure.Data.Tables;

namespace LeadFunctions.Store.AzureStorage;

/// <summary>
/// What an entity holds: named texts, numbers, flags, times and bytes. An entity takes 1 MiB; a property takes 64 KiB, so longer values are
/// divided over several (<c>Body</c>, <c>Body1</c>, <c>Body2</c> …), as bytes, because texts count twice.
/// </summary>
internal static class EntityValues
{
    private const int MostBytes = 64 * 1024;
    private const int MostCharacters = 16 * 1024;

    extension(TableEntity entity)
    {
        /// <summary>A new one; the transaction that writes it says in which partition.</summary>
        /// <param name="key">The row key: letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, so that it needs no escaping anywhere.</param>
        public static TableEntity New(string key) => new("", key);

        public TableEntity With(string name, string? value) =>
            value is { Length: > MostCharacters } ? entity.With(name, Encoding.UTF8.GetBytes(value).AsMemory()) : entity.Set(name, value);

        public TableEntity With(string name, long? value) => entity.Set(name, value);

        public TableEntity With(string name, bool value) => entity.Set(name, value);

        public TableEntity With(string name, DateTimeOffset? value) => entity.Set(name, value?.ToUnixTimeMilliseconds());

        public TableEntity With(string name, ReadOnlyMemory<byte> value)
        {
            for (var part = 0; part == 0 || part * MostBytes < value.Length; part++)
            {
                entity.Set(Part(name, part), value[(part * MostBytes)..Math.Min(value.Length, (part + 1) * MostBytes)].ToArray());
            }

            return entity;
        }

        public string Text(string name) => entity.TextOrNull(name) ?? throw entity.Damaged(name);

        public string? TextOrNull(string name) => entity.Value(name) switch
        {
            null => null,
            string text => text,
            byte[] => Encoding.UTF8.GetString(entity.Bytes(name)),
            _ => throw entity.Damaged(name),
        };

        public long Number(string name) => entity.NumberOrNull(name) ?? throw entity.Damaged(name);

        public long? NumberOrNull(string name) => entity.Value(name) switch
        {
            null => null,
            long number => number,
            int number => number,
            _ => throw entity.Damaged(name),
        };

        public bool Flag(string name) => entity.Value(name) is true;

        public DateTimeOffset Time(string name) => entity.TimeOrNull(name) ?? throw entity.Damaged(name);

        public DateTimeOffset? TimeOrNull(string name) =>
            entity.NumberOrNull(name) is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

        public byte[] Bytes(string name)
        {
            if (entity.Value(name) is not byte[] first)
            {
                throw entity.Damaged(name);
            }

            using var whole = new MemoryStream();
            whole.Write(first);
            for (var part = 1; entity.Value(Part(name, part)) is byte[] next; part++)
            {
                whole.Write(next);
            }

            return whole.ToArray();
        }

        private object? Value(string name) => entity.TryGetValue(name, out var value) ? value : null;

        private TableEntity Set(string name, object? value)
        {
            if (value is not null)
            {
                entity[name] = value;
            }

            return entity;
        }

        private StoreUnavailableException Damaged(string name) =>
            new($"The store holds something that can't be read: {name} of the entity {entity.RowKey}.");
    }

    private static string Part(string name, int part) => part == 0 ? name : $"{name}{part}";
}
