using LeadFunctions.Leads;
using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>A prepared statement. Disposing it makes it ready for its next use; <see cref="Close"/> ends it.</summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>SQLITE_STMTSTATUS_REPREPARE.</summary>
    private const int PlansCounter = 5;

    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int[]? _places;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteFault.ThrowUnless(raw.sqlite3_prepare_v2(database, sql, out _statement) == raw.SQLITE_OK, database);
    }

    /// <summary>How often a plan was made anew since the statement was prepared.</summary>
    public int PlannedAgain => raw.sqlite3_stmt_status(_statement, PlansCounter, 0);

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

    public bool IsBlob(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_BLOB;

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Times in the file are whole unix milliseconds.</summary>
    public DateTimeOffset Time(int column) => Number(column) is >= 0 and var milliseconds && milliseconds <= Latest
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw SqliteFault.Damaged("a time");

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public LeadId Id(int column) => LeadId.TryParse(Text(column), out var id) ? id : throw SqliteFault.Damaged("a lead's id");

    /// <summary>A blob, or a text as its UTF-8.</summary>
    public byte[] Bytes(int column) => Content(column).ToArray();

    /// <summary>A blob, or a text as its UTF-8, until the next row.</summary>
    public ReadOnlySpan<byte> Content(int column) => raw.sqlite3_column_blob(_statement, column);

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

/// <summary>A value of a statement's parameter: a whole number, a text, bytes, or nothing.</summary>
internal readonly struct SqlValue
{
    private SqlValue(long number, object? content, bool isNumber) => (Number, Content, IsNumber) = (number, content, isNumber);

    public long Number { get; }

    /// <summary>A <see cref="string"/> or an array of bytes; null when it is a number or nothing.</summary>
    public object? Content { get; }

    public bool IsNumber { get; }

    public static implicit operator SqlValue(long number) => new(number, null, isNumber: true);

    public static implicit operator SqlValue(long? number) => number is { } known ? known : default(SqlValue);

    public static implicit operator SqlValue(string? text) => new(0, text, isNumber: false);

    public static implicit operator SqlValue(byte[]? bytes) => new(0, bytes, isNumber: false);
}
