using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Series;

/// <summary>
/// Books dates of the caller's series that have no booking yet, each with all that it takes along, in one transaction: with conflicts
/// that fail nothing is written when one date cannot be; with conflicts that are skipped a date says why it was.
/// </summary>
public sealed class BookDates(BookInstrument book, JudgeBooking judge, JudgeDates judgeDates, Companions.Companions companions, InstrumentRulesQuery rules, AppDb db, WordCatalog catalog, Caller caller, IClock clock)
{
    private const int Tries = 10;
    private const string Savepoint = "dates";

    /// <param name="overrideReason">Why staff go over the rules that may be gone over, on whichever date.</param>
    public async Task<SeriesPlan> PlanAsync(NpgsqlConnection connection, BookingSeries series, InstrumentRules instrument, IReadOnlyList<LocalDateTime> starts, string? overrideReason, CancellationToken cancel) =>
        await PlanAsync(connection, series, instrument, await companions.OfAsync(instrument, series.ServiceMode, cancel: cancel), starts, overrideReason, cancel);

    private async Task<SeriesPlan> PlanAsync(NpgsqlConnection connection, BookingSeries series, InstrumentRules instrument, Along? along, IReadOnlyList<LocalDateTime> starts, string? overrideReason, CancellationToken cancel)
    {
        var goOver = overrideReason is not null && caller.May(BookingPermissions.Manage, instrument.Scope);
        var (now, booker) = (clock.GetCurrentInstant(), judge.BookerOf(instrument, series.GroupId));
        var who = new GateRequest(series.PersonId, caller.InstitutionId, instrument, null, series.ServiceMode, Funding: BookingFunding.Of(booker, series.FundId));
        var planned = new List<PlannedDate>();
        foreach (var date in await judgeDates.RunAsync(connection, instrument, along, booker, who, starts, series.Minutes, [], goOver, cancel))
            planned.Add(new PlannedDate(date, date.IsOk ? (await book.MakeAsync(series.Wish with { OverrideReason = overrideReason }, instrument, booker, date.Slot!.Value, date.Unit, date.Overridden.Count > 0, date.Conditions, now, cancel)).With(date.Plan.TakesAny) : null));
        return new SeriesPlan(series, instrument, planned);
    }

    /// <param name="news">What the event and the mail are called.</param>
    /// <param name="save">Adds what else is to be saved with the bookings.</param>
    public async Task<Outcome<SeriesPlan>> RunAsync(BookingSeries series, IReadOnlyList<BookingSeriesDate> dates, string news, Func<Task> save, CancellationToken cancel, string? overrideReason = null)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var newest = 0L;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await rules.OfAsync(series.InstrumentId, newest, cancel) is not { } instrument) return Problem.NotFound();
            var along = await companions.OfAsync(instrument, series.ServiceMode, cancel: cancel);
            // Always the only one: other series and moves wait here and then see what this one has written.
            if (along is not null) await along.LockAsync(connection, series.PersonId, cancel);
            else await BookingReads.LockAsync(connection, new NeighbourNeeds(Own: true, OnInstrument: true, default), series.InstrumentId, series.PersonId, cancel);
            if (!await BookingLocks.HoldRulesAsync(db, [instrument, .. along?.Linked.Values ?? []], cancel))
            {
                if (along is not null) companions.Forget(along);
                newest = await BookingReads.RulesVersionAsync(connection, series.InstrumentId, cancel);
                continue;
            }

            var plan = await PlanAsync(connection, series, instrument, along, dates.Select(d => d.StartsAt).ToList(), overrideReason, cancel);
            if (!plan.MayBeBooked) return plan.Refusal;
            await db.Database.CurrentTransaction!.CreateSavepointAsync(Savepoint, cancel);
            var (written, refusal) = await WriteAsync(connection, plan, cancel);
            if (refusal is not null) return refusal;
            if (!written)
            {
                // A single booking came between the look and the write; the next look sees it.
                await db.Database.CurrentTransaction!.RollbackToSavepointAsync(Savepoint, cancel);
                if (along is not null) companions.Forget(along);
                continue;
            }

            await save();
            if (await SaveAsync(plan, dates, news, cancel) is { } problem) return problem;
            await transaction.CommitAsync(cancel);
            return plan;
        }

        return Problem.Refused("request.try-again");
    }

    private async Task<(bool Written, Problem? Refusal)> WriteAsync(NpgsqlConnection connection, SeriesPlan plan, CancellationToken cancel)
    {
        try
        {
            return (await CompanionWrites.InsertAllAsync(connection, plan.Dates.Where(d => d.Booking is not null).Select(d => (d.Booking!, d.Date.Plan)).ToList(), Recipient(), cancel), null);
        }
        catch (PostgresException failure) when (failure.IsTransient())
        {
            return (false, null);
        }
        catch (PostgresException failure) when (failure.ToProblem() is { } problem)
        {
            // Each date's estimate could be held, all of them together not.
            return (false, await judge.ExplainAsync(problem, plan.Series.FundId, plan.Bookings.Sum(b => b.EstimateFen ?? 0), cancel));
        }
    }

    private async Task<Problem?> SaveAsync(SeriesPlan plan, IReadOnlyList<BookingSeriesDate> dates, string news, CancellationToken cancel)
    {
        foreach (var (date, planned) in dates.Zip(plan.Dates))
        {
            if (planned.Booking is { } booking)
            {
                date.Book(booking.Id);
                if (booking.OverrideReason is { } reason) caller.Audit(db, clock.GetCurrentInstant(), "booking.override", "booking", booking.Id.Value.ToString(), after: new { overridden = planned.Date.Overridden.Select(p => p.Code) }, reason: reason, institutionId: plan.Instrument.InstitutionId);
            }
            else date.Skip(Told(planned.Date.Problems, plan.Instrument));
            if (db.Entry(date).State == EntityState.Detached) db.Add(date);
        }

        db.AddSeriesNews(news, plan.Series, plan.Instrument, Recipient(), plan.Bookings, plan.Failing.Count, clock.GetCurrentInstant());
        return await db.TrySaveAsync(cancel);
    }

    private BookingNews.Recipient Recipient() => new(caller.PersonId!.Value, caller.Name, caller.Email, caller.Language);

    private List<ToldProblem> Told(IEnumerable<Problem> problems, InstrumentRules instrument) => problems.In(instrument)
        .Select(p => new ToldProblem(p.Code, WordCatalog.Languages.ToDictionary(l => l, l => new Words(catalog, l).Of(p), StringComparer.Ordinal))).ToList();
}
