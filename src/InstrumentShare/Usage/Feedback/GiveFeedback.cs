using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Feedback;

/// <summary>Keeps what the user says of a use of theirs that is over; once.</summary>
public sealed class GiveFeedback(AppDb db, Caller caller, InstrumentRulesQuery instruments, IClock clock)
{
    public sealed record Request(FeedbackKind? Kind, string? Text, int? Rating);

    public async Task<Outcome<UsageFeedback>> RunAsync(UsageId id, Request request, CancellationToken cancel)
    {
        var record = await db.Set<UsageRecord>().AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancel);
        if (record is null || record.PersonId != caller.PersonId) return Problem.NotFound();
        if (!record.IsCurrent) return Problem.Refused("usage.not-current");
        if (record.Status == UsageStatus.Open) return Problem.Refused("usage.still-open");
        if (FeedbackRules.Check(request.Kind, request.Text, request.Rating) is { Count: > 0 } problems) return problems;
        var now = clock.GetCurrentInstant();
        var given = new UsageFeedback { InstrumentId = record.InstrumentId, UsageId = id, Kind = request.Kind!.Value, Text = request.Text?.Trim() ?? string.Empty, Rating = request.Rating, GivenBy = record.PersonId, GivenAt = now };
        db.Add(given);
        var institution = (await instruments.OfAsync(record.InstrumentId, cancel: cancel))!.InstitutionId;
        db.AddEvent("usage.feedback", now, id.Value, record.InstrumentId.Value, institution.Value, record.PersonId.Value, new { given.Kind, given.Rating });
        return await db.TrySaveAsync(cancel) is { } refused ? refused : given;
    }

    /// <summary>The feedback on a record or one that it corrects; null when there is none.</summary>
    public Task<UsageFeedback?> OnAsync(IEnumerable<Guid> records, CancellationToken cancel)
    {
        var ids = records.ToList();
        return db.Set<UsageFeedback>().AsNoTracking().Where(f => ids.Contains((Guid)(object)f.UsageId)).OrderByDescending(f => f.GivenAt).FirstOrDefaultAsync(cancel);
    }
}
