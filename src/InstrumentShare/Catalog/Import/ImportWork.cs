using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog.Import;

/// <summary>Sorts the rows of an import into new, changed and unchanged instruments.</summary>
internal sealed class ImportWork(Institution institution, Dictionary<string, Instrument> present, Instant now)
{
    public List<Instrument> Created { get; } = [];

    public List<(Instrument Instrument, InstrumentInput Before)> Updated { get; } = [];

    public int Unchanged { get; private set; }

    public void Take(int number, InstrumentInput input, Dictionary<int, ImportColumn> columns, Sheet sheet, List<ImportProblem> problems)
    {
        var known = input.InnerId is { } id && present.TryGetValue(id, out var found) ? found : null;
        var instrument = known ?? Blank();
        var before = InstrumentInput.Of(instrument);
        var wrong = InstrumentFieldRules.Apply(known is null ? input with { Region = input.Region ?? institution.Region.Code } : input, instrument, isNew: known is null);
        if (wrong.Count > 0) problems.AddRange(wrong.Select(p => Placed(number, p, columns, sheet)));
        else if (known is not null && InstrumentInput.Of(instrument).SaysTheSameAs(before)) Unchanged++;
        else
        {
            if (known is null) Created.Add(instrument);
            else Updated.Add((instrument, before));
        }
    }

    private static ImportProblem Placed(int number, Problem problem, Dictionary<int, ImportColumn> columns, Sheet sheet)
    {
        var column = ImportColumns.OfField(problem.Field ?? string.Empty);
        var at = columns.FirstOrDefault(c => c.Value.Name == column, new(-1, null!)).Key;
        var cells = sheet.Rows[IndexOf(sheet, number)].Cells;
        return new ImportProblem(number, column, at >= 0 && at < cells.Count ? cells[at] : string.Empty, problem);
    }

    private static int IndexOf(Sheet sheet, int number)
    {
        var (low, high) = (0, sheet.Rows.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sheet.Rows[middle].Number < number) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private Instrument Blank() => new()
    {
        InstitutionId = institution.Id,
        InnerId = string.Empty,
        Name = string.Empty,
        NameEn = string.Empty,
        Classification = string.Empty,
        Region = institution.Region,
        OriginalValue = Money.Zero,
        TimeZone = institution.TimeZone,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
