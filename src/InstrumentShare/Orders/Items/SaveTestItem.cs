using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Items;

/// <summary>Says what a lab does on samples sent in. What was ordered keeps the words it had.</summary>
public sealed class SaveTestItem(AppDb db, Caller caller, IClock clock)
{
    /// <summary>Absent fields stay.</summary>
    /// <param name="InstitutionId">For an item that belongs to no instrument.</param>
    public sealed record Request(
        Guid? InstrumentId = null, Guid? InstitutionId = null, string? Name = null, string? NameEn = null, string? Description = null, int? MinutesPerSample = null, bool? IsActive = null);

    public async Task<Outcome<TestItem>> CreateAsync(Request request, CancellationToken cancel)
    {
        var instrument = request.InstrumentId is { } id ? new InstrumentId(id) : (InstrumentId?)null;
        var owner = instrument is not null
            ? await db.Set<Instrument>().Where(i => i.Id == instrument).Select(i => (InstitutionId?)i.InstitutionId).SingleOrDefaultAsync(cancel)
            : request.InstitutionId is { } given ? new InstitutionId(given) : null;
        if (owner is not { } institution || !caller.May(OrderPermissions.Quote, new Scope(instrument?.Value, institution.Value)))
            return Problem.Invalid("test-item.place", instrument is null ? "institutionId" : "instrumentId", ("value", request.InstrumentId ?? request.InstitutionId));
        var item = new TestItem { InstitutionId = institution, InstrumentId = instrument, Name = string.Empty, NameEn = string.Empty, MinutesPerSample = 0, CreatedAt = clock.GetCurrentInstant() };
        if (Apply(request, item) is { Count: > 0 } problems) return problems;
        db.Add(item);
        return await SaveAsync(item, "test-item.create", null, cancel);
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<TestItem>> ChangeAsync(TestItemId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var item = await db.Set<TestItem>().FromSql($"SELECT * FROM test_items WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (item is null) return Problem.NotFound();
        if (!caller.May(OrderPermissions.Quote, item.Scope)) return Problem.Forbidden();
        if (ETags.Stale(seenVersion, item.Version) is { } stale) return stale;
        var before = Shown(item);
        if (Apply(request, item) is { Count: > 0 } problems) return problems;
        item.Version++;
        var saved = await SaveAsync(item, "test-item.change", before, cancel);
        if (saved.IsOk) await transaction.CommitAsync(cancel);
        return saved;
    }

    private static List<Problem> Apply(Request request, TestItem to)
    {
        var problems = new List<Problem>();
        var name = OrderRules.Text(problems, request.Name ?? to.Name, "name", 100, required: true);
        var nameEn = OrderRules.Text(problems, request.NameEn ?? to.NameEn, "nameEn", 200, required: true);
        var description = OrderRules.Text(problems, request.Description ?? to.Description, "description", 500);
        var minutes = request.MinutesPerSample ?? to.MinutesPerSample;
        if (minutes is < 1 or > TestItem.MostMinutes) problems.Add(Problem.Invalid("test-item.minutes", "minutesPerSample", ("value", minutes), ("max", TestItem.MostMinutes)));
        if (problems.Count > 0) return problems;
        (to.Name, to.NameEn, to.Description, to.MinutesPerSample, to.IsActive) = (name, nameEn, description, minutes, request.IsActive ?? to.IsActive);
        return problems;
    }

    private async Task<Outcome<TestItem>> SaveAsync(TestItem item, string action, object? before, CancellationToken cancel)
    {
        caller.Audit(db, clock.GetCurrentInstant(), action, "test-item", item.Id.Value.ToString(), before, Shown(item), institutionId: item.InstitutionId);
        return await db.TrySaveAsync(cancel) is { } refused ? refused with { Field = "name" } : item;
    }

    private static object Shown(TestItem i) => new { i.InstrumentId, i.Name, i.NameEn, i.Description, i.MinutesPerSample, i.IsActive };
}
