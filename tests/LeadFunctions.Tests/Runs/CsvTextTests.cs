using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Runs;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs;

public sealed class CsvTextTests
{
    private const string Formulas = "=+-@＝＋－＠\t\r";

    // Free text as it comes, and free text made to look like a formula behind something that hides it.
    private static readonly Gen<string> Texts =
        from hidden in Gen.ArrayOf(
            Gen.Elements(" ", "\t", "\r", "\n", "\0", "\u001b", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u202e", "'", "\"", ",", ""))
        from sign in Gen.Elements("", "=", "+", "-", "@", "＝", "＋", "－", "＠")
        from text in FreeText.Any
        select string.Concat(hidden) + sign + text;

    [Fact]
    public void No_cell_of_any_text_begins_with_a_formula_and_the_text_is_kept() =>
        Prop.ForAll(Gen.ArrayOf(Texts).Where(cells => cells.Length > 0).ToArbitrary(), cells =>
        {
            var read = Assert.Single(CsvReader.Read(Write(cells)));

            Assert.Equal(cells.Length, read.Length);
            Assert.All(cells.Zip(read), cell =>
            {
                Assert.DoesNotContain(cell.Second.Length > 0 ? cell.Second[0] : ' ', Formulas);
                Assert.DoesNotContain(cell.Second.TrimStart(' ', '\0', '\n', '\u00a0').FirstOrDefault(' '), Formulas);
                Assert.Contains(cell.Second, new[] { cell.First, "'" + cell.First });
            });
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"click\")")]
    [InlineData("+16175555555")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("  =1+1")]
    [InlineData("\0=1+1")]
    [InlineData("\u00a0\ufeff=1+1")]
    [InlineData("\tx")]
    [InlineData("\rx")]
    [InlineData(" \tx")]
    [InlineData("＝1+1")]
    [InlineData("＋1")]
    [InlineData("－1")]
    [InlineData("＠x")]
    public void What_looks_like_a_formula_gets_an_apostrophe(string text) => Assert.Equal("'" + text, SpreadsheetCell.Escape(text));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Contoso")]
    [InlineData("  Contoso")]
    [InlineData("'=1")]
    [InlineData("a=1")]
    [InlineData("日本語")]
    [InlineData("someone@contoso.com")]
    public void What_does_not_stays_as_it_is(string text) => Assert.Equal(text, SpreadsheetCell.Escape(text));

    [Fact]
    public void Nothing_is_an_empty_cell() => Assert.Equal("a,,\"b,\"\"c\"\"\"\r\n", Write("a", null, "b,\"c\""));

    private static string Write(params IEnumerable<string?> cells)
    {
        var csv = new StringBuilder();
        CsvText.AppendRow(csv, cells);
        return csv.ToString();
    }
}
