using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Catalog.Import;

/// <param name="ProblemCount">Of all problems; <paramref name="Problems"/> lists the first of them.</param>
/// <param name="IgnoredColumns">Headings that are not known here; nothing of them is kept.</param>
public sealed record ImportResult(
    bool DryRun, int Rows, int Created, int Updated, int Unchanged, int ProblemCount, IReadOnlyList<ImportProblem> Problems, IReadOnlyList<string> IgnoredColumns);

/// <summary>
/// Takes a file of instruments with the national field names into one institution: all of it or, when anything is wrong,
/// nothing. Rows are known by <c>innerId</c>; a row that says what is there already changes nothing.
/// </summary>
public sealed class ImportInstruments(AppDb db, Caller caller, InstrumentRulesQuery rules, SearchCache searches, IClock clock)
{
    public const int ListedProblems = 1000;

    public async Task<Outcome<ImportResult>> RunAsync(byte[] file, InstitutionId? institutionId, bool dryRun, CancellationToken cancel)
    {
        institutionId ??= caller.InstitutionId;
        var institution = institutionId is null ? null : await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == institutionId && i.IsActive, cancel);
        if (institution is null) return Problem.Invalid("instrument.unknown-institution", "institutionId", ("value", institutionId?.Value));
        if (!caller.May(CatalogPermissions.ImportInstruments, new Scope(InstitutionId: institution.Id.Value, Region: institution.Region))) return Problem.Forbidden();
        var read = SheetReader.Read(file);
        if (!read.IsOk) return Outcome<ImportResult>.Refuse(read.Problems);
        var (columns, ignored, missing) = ColumnsOf(read.Value);
        if (missing.Count > 0) return missing;

        var (inputs, problems) = ReadRows(read.Value, columns);
        var present = await PresentAsync(institution.Id, inputs, cancel);
        var now = clock.GetCurrentInstant();
        var work = new ImportWork(institution, present, now);
        foreach (var (number, input) in inputs) work.Take(number, input, columns, read.Value, problems);
        var result = new ImportResult(
            dryRun, read.Value.Rows.Count, work.Created.Count, work.Updated.Count, work.Unchanged, problems.Count,
            problems.OrderBy(p => p.Row).Take(ListedProblems).ToList(), ignored);
        if (dryRun || problems.Count > 0 || work.Created.Count + work.Updated.Count == 0) return result;

        Record(institution.Id, work, now, result);
        if (await SaveAsync(work, cancel) is { } refused) return refused;
        foreach (var (instrument, _) in work.Updated) rules.Forget(instrument.Id);
        searches.Forget();
        return result;
    }

    private static (Dictionary<int, ImportColumn> Columns, List<string> Ignored, List<Problem> Missing) ColumnsOf(Sheet sheet)
    {
        var (columns, ignored, problems) = (new Dictionary<int, ImportColumn>(), new List<string>(), new List<Problem>());
        for (var i = 0; i < sheet.Header.Count; i++)
        {
            if (ImportColumns.Find(sheet.Header[i]) is not { } column) ignored.Add(sheet.Header[i].Trim());
            else if (columns.ContainsValue(column)) problems.Add(Problem.Invalid("import.column-twice", column.Name, ("column", column.Name)));
            else columns.Add(i, column);
        }

        problems.AddRange(ImportColumns.All.Where(c => c.Required && !columns.ContainsValue(c)).Select(c => Problem.Invalid("import.column-missing", c.Name, ("column", c.Name), ("label", c.Label))));
        return (columns, ignored.Where(h => h.Length > 0).ToList(), problems);
    }

    private static (List<(int Number, InstrumentInput Input)> Inputs, List<ImportProblem> Problems) ReadRows(Sheet sheet, Dictionary<int, ImportColumn> columns)
    {
        var (inputs, problems) = (new List<(int, InstrumentInput)>(sheet.Rows.Count), new List<ImportProblem>());
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            if (row.Cells.Count > sheet.Header.Count && row.Cells.Skip(sheet.Header.Count).Any(c => c.Length > 0))
                problems.Add(new ImportProblem(row.Number, string.Empty, row.Cells[sheet.Header.Count], Problem.Invalid("import.too-many-cells", null, ("columns", sheet.Header.Count))));
            var (input, wrong) = ImportRowRules.Read(row.Number, columns.ToDictionary(c => c.Value.Name, c => c.Key < row.Cells.Count ? row.Cells[c.Key] : string.Empty, StringComparer.Ordinal));
            problems.AddRange(wrong);
            if (input.InnerId is { Length: > 0 } id && !seen.TryAdd(id, row.Number))
                problems.Add(new ImportProblem(row.Number, "innerId", id, Problem.Invalid("import.duplicate-id", "innerId", ("value", id), ("first", seen[id]))));
            else inputs.Add((row.Number, input));
        }

        return (inputs, problems);
    }

    private async Task<Dictionary<string, Instrument>> PresentAsync(InstitutionId institutionId, List<(int Number, InstrumentInput Input)> inputs, CancellationToken cancel)
    {
        var ids = inputs.Select(i => i.Input.InnerId).OfType<string>().Where(i => !i.Contains('\0', StringComparison.Ordinal)).ToArray();
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => i.InstitutionId == institutionId && ids.Contains(i.InnerId)).ToListAsync(cancel);
        return found.ToDictionary(i => i.InnerId, StringComparer.Ordinal);
    }

    // Rows and their trail go in by COPY, changes through a table of their own; all in one transaction.
    private async Task<Problem?> SaveAsync(ImportWork work, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            var trail = db.ChangeTracker.Entries<AuditEntry>().ToList();
            await CopyTable.Of(db, work.Created).WriteAsync(connection, cancel);
            await CopyTable.Of(db, trail.Select(e => e.Entity)).WriteAsync(connection, cancel);
            foreach (var entry in trail) entry.State = EntityState.Detached;
            await db.SaveChangesAsync(cancel);
            if (work.Updated.Count > 0 && await ImportedChanges.WriteAsync(db, connection, work.Updated.Select(u => u.Instrument), cancel) != work.Updated.Count) return Problem.Stale();
            await transaction.CommitAsync(cancel);
            return null;
        }
        catch (Exception failure) when (failure.ToProblem() is not null)
        {
            return failure.ToProblem();
        }
    }

    private void Record(InstitutionId institutionId, ImportWork work, Instant now, ImportResult result)
    {
        foreach (var instrument in work.Created)
            caller.Audit(db, now, "instrument.import", "instrument", instrument.Id.Value.ToString(), after: InstrumentInput.Of(instrument), institutionId: institutionId);
        foreach (var (instrument, before) in work.Updated)
        {
            instrument.Changed(now, InstrumentFieldRules.AffectsBookings(before, InstrumentInput.Of(instrument)));
            caller.Audit(db, now, "instrument.import", "instrument", instrument.Id.Value.ToString(), before, InstrumentInput.Of(instrument), institutionId: institutionId);
        }

        db.AddEvent("instruments.imported", now, institutionId.Value, institutionId: institutionId.Value, payload: new { result.Created, result.Updated, result.Unchanged });
    }
}
