using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>A prepared statement. Disposing it makes it ready for its next use; <see cref="Close"/> ends it.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int[]? _places;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteFault.ThrowUnless(raw.sqlite3_prepare_v2(database, sql, out _statement) == raw.SQLITE_OK, database);
    }

    /// <summary>Names begin with <c>$</c>; every use of a statement gives the same names in the same order.</summary>
    public void Bind(ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        _places ??= Places(values);
        for (var index = 0; index < values.Length; index++)
        {
            var (place, value) = (_places[index], values[index].Value);
            var code = value switch
            {
                { IsNumber: true } => raw.sqlite3_bind_int64(_statement, place, value.Number),
                { Content: string text } => raw.sqlite3_bind_text(_statement, place, text),
                // SQLite takes a pointer to nothing for NULL.
                { Content: byte[] { Length: 0 } } => raw.sqlite3_bind_zeroblob(_statement, place, 0),
                { Content: byte[] bytes } => raw.sqlite3_bind_blob(_statement, place, bytes),
                _ => raw.sqlite3_bind_null(_statement, place),
            };
            SqliteFault.ThrowUnless(code == raw.SQLITE_OK, _database);
        }
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        SqliteFault.ThrowUnless(code is raw.SQLITE_ROW or raw.SQLITE_DONE, _database);
        return code == raw.SQLITE_ROW;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A blob, or a text as its UTF-8.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>As <see cref="Bytes"/>, without a copy: until the next row is read.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(_statement, column);

    // The code that a reset returns is the last step's again, which was thrown already.
    public void Dispose() => raw.sqlite3_reset(_statement);

    public void Close() => _statement.Dispose();

    private int[] Places(ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        var places = new int[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            places[index] = raw.sqlite3_bind_parameter_index(_statement, values[index].Name);
            if (places[index] == 0)
            {
                throw new ArgumentException($"The statement has no parameter {values[index].Name}.", nameof(values));
            }
        }

        return places;
    }
}
