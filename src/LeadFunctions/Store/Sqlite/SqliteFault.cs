using SQLitePCL;

namespace LeadFunctions.Store.Sqlite;

/// <summary>What SQLite answered instead of doing its work (https://sqlite.org/rescode.html).</summary>
internal sealed class SqliteFault(int code, int extendedCode, string message) : Exception($"SQLite {code}/{extendedCode}: {message}.")
{
    /// <summary>The primary result code: 5 busy, 10 input/output, 13 full, 19 constraint…</summary>
    public int Code { get; } = code;

    /// <summary>SQLite checks its own structure, not the values in it: for those that can't have been written by this program.</summary>
    public static SqliteFault Damaged(string what) => new(raw.SQLITE_CORRUPT, raw.SQLITE_CORRUPT, $"the file is damaged: {what} is not as it was written");

    public static void ThrowUnless(bool fine, sqlite3 database)
    {
        if (!fine)
        {
            throw new SqliteFault(raw.sqlite3_errcode(database) & 0xff, raw.sqlite3_extended_errcode(database), raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
