using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// Makes the CRM row of a lead: rendered, typed and cut to what the columns hold; what was cut is kept in the description.
/// </summary>
internal sealed class RowWriter(RowOptions options)
{
    private readonly IReadOnlyList<(Column Column, LeadTemplate Template)> _columns = RowColumns.Of(options);

    // A description of the publisher's own gets nothing added but what was cut elsewhere.
    private readonly bool _addFacts = !options.Columns.ContainsKey(RowColumns.Description);

    public RowResult Write(Lead lead, IReadOnlyDictionary<string, string>? answers = null)
    {
        var model = new LeadTemplateModel(lead, answers);
        var row = new JsonObject { ["leadid"] = lead.RowId.ToString() };
        var cut = new List<string>();
        var description = default((Column Column, string Text)?);
        try
        {
            foreach (var (column, template) in _columns)
            {
                var text = Fitting(column, template.Render(model), model);
                if (column.Name == RowColumns.Description)
                {
                    description = (column, text);
                }
                else if (text.Length > 0 && Fill(row, column, template, text, cut) is { } fault)
                {
                    return new RowResult(null, fault);
                }
            }

            if (description is { } found)
            {
                // What was cut comes before the unknown properties: there may be many, and the end is what gives way.
                var tail = string.Concat(cut);
                tail = _addFacts ? DefaultTexts.RowFacts(model) + tail + DefaultTexts.Lines(model.Unknown) : tail;
                var whole = DescriptionText.Compose(found.Text, PlainText.Storable(tail), found.Column.MaxLength ?? int.MaxValue);
                if (whole.Length > 0)
                {
                    row[found.Column.Name] = whole;
                }
            }
        }
        catch (TemplateException exception)
        {
            return new RowResult(null, $"A column's template could not be rendered: {exception.Message}");
        }

        return new RowResult(row, null);
    }

    /// <summary>Whether the templates give a row for each of these leads.</summary>
    public CheckResult Check(IReadOnlyList<Lead> samples) => SampleLeads.Try(samples, lead => Write(lead).Fault);

    private static string Fitting(Column column, string rendered, LeadTemplateModel model)
    {
        var text = Clean(column, rendered);
        return column.Name switch
        {
            RowColumns.Subject => (model.Lead.Facts.IsTest ? LeadTemplateModel.TestMark : "")
                + (text.Length > 0 ? text : Clean(column, DefaultTexts.RowSubject(model))),
            RowColumns.LastName when text.Length == 0 => Clean(column, DefaultTexts.RowLastName(model)),
            _ => text,
        };
    }

    private static string Clean(Column column, string text) => column.HasLines ? PlainText.Storable(text).Trim() : PlainText.OneLine(text);

    /// <summary>Null, or why the text can't be the column's value.</summary>
    private static string? Fill(JsonObject row, Column column, LeadTemplate template, string text, List<string> cut)
    {
        if (column.Type == ColumnType.String && text.Length > column.MaxLength)
        {
            cut.Add($"{column.Name}: {text}\n");
            // Part of an e-mail address is another address.
            text = column.Format == "email" ? "" : PlainText.Cut(text, column.MaxLength.Value).TrimEnd();
            if (text.Length == 0)
            {
                return null;
            }
        }

        if (column.IsNoTime(text))
        {
            cut.Add($"{column.Name}: {text}\n");
            return null;
        }

        var value = column.Parse(text);
        if (value is null)
        {
            return $"Column {column.Name}: {template.Gave(text)}, which is no {column.Type} value. Mend Columns:{column.Name}.";
        }

        row[column.Name] = value;
        return null;
    }
}

/// <summary>A CRM row, or why there can be none.</summary>
internal readonly record struct RowResult(JsonObject? Row, string? Fault);
