using System.Text;

namespace LeadFunctions.Tests.Runs;

/// <summary>Reads CSV strictly by RFC 4180: every row ends with CRLF, a quote stands only around a field or doubled within one.</summary>
internal static class CsvReader
{
    public static IReadOnlyList<string[]> Read(string csv)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        for (var at = 0; at < csv.Length;)
        {
            row.Add(Field(csv, ref at));
            if (csv[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", csv.Substring(at, 2));
            at += 2;
            rows.Add([.. row]);
            row.Clear();
        }

        Assert.Empty(row);
        return rows;
    }

    private static string Field(string csv, ref int at)
    {
        if (csv[at] != '"')
        {
            var end = csv.AsSpan(at).IndexOfAny(",\"\r\n") + at;
            Assert.NotEqual('"', csv[end]);
            var plain = csv[at..end];
            at = end;
            return plain;
        }

        var text = new StringBuilder();
        for (at++; ; at++)
        {
            if (csv[at] != '"')
            {
                text.Append(csv[at]);
            }
            else if (csv[at + 1] == '"')
            {
                text.Append(csv[at++]);
            }
            else
            {
                at++;
                return text.ToString();
            }
        }
    }
}
