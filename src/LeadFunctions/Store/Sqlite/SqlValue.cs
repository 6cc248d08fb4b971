namespace LeadFunctions.Store.Sqlite;

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
