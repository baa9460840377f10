using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Series;

/// <summary>Books an instrument's time again and again by a rule, or says for each date what would come of it.</summary>
public sealed class BookSeries(BookDates dates, InstrumentRulesQuery rules, JudgeBooking judge, NpgsqlDataSource database, AppDb db, Caller caller, IClock clock)
{
    /// <param name="StartsAt">The first time, on the clock of the instrument.</param>
    /// <param name="Minutes">How long each is by that clock.</param>
    /// <param name="Without">Dates taken out.</param>
    /// <param name="With">Dates put in.</param>
    /// <param name="OverrideReason">Why staff go over the rules that may be gone over, on whichever date.</param>
    public sealed record Request(
        InstrumentId InstrumentId, LocalDateTime StartsAt, int Minutes, string? Rrule, SeriesConflicts Conflicts, ServiceMode ServiceMode, string? Purpose = null, Guid? FundId = null,
        GroupId? GroupId = null, string? UsePlace = null, string? CustomsNotice = null, IReadOnlyList<LocalDateTime>? Without = null, IReadOnlyList<LocalDateTime>? With = null, string? OverrideReason = null);

    /// <summary>Looks and writes nothing.</summary>
    public async Task<Outcome<SeriesPlan>> PreviewAsync(Request request, CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var made = await MakeAsync(request, await BookingReads.RulesVersionAsync(connection, request.InstrumentId, cancel), cancel);
        return made.IsOk ? await dates.PlanAsync(connection, made.Value.Series, made.Value.Instrument, made.Value.Dates, made.Value.OverrideReason, cancel) : Outcome<SeriesPlan>.Refuse(made.Problems);
    }

    public async Task<Outcome<SeriesPlan>> RunAsync(Request request, CancellationToken cancel = default)
    {
        var made = await MakeAsync(request, 0, cancel);
        if (!made.IsOk) return Outcome<SeriesPlan>.Refuse(made.Problems);
        var (series, _, starts, reason) = made.Value;
        return await dates.RunAsync(series, starts.ConvertAll(s => new BookingSeriesDate { SeriesId = series.Id, StartsAt = s }), "booking-series.created", () =>
        {
            db.Add(series);
            return Task.CompletedTask;
        }, cancel, reason);
    }

    private sealed record Made(BookingSeries Series, InstrumentRules Instrument, List<LocalDateTime> Dates, string? OverrideReason);

    private async Task<Outcome<Made>> MakeAsync(Request request, long newest, CancellationToken cancel)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        if (await rules.OfAsync(request.InstrumentId, newest, cancel) is not { } instrument || !judge.MaySee(instrument)) return Problem.NotFound() with { Field = "instrumentId" };
        var problems = new List<Problem>();
        var purpose = BookingText.Check(problems, request.Purpose, "purpose");
        var place = BookingText.Check(problems, request.UsePlace, "usePlace", max: 100);
        var notice = BookingText.Check(problems, request.CustomsNotice, "customsNotice", max: 50);
        var reason = BookingText.Check(problems, request.OverrideReason, "overrideReason");
        CustomsRules.Add(problems, instrument, place, notice);
        if (request.GroupId is { } group && !caller.Groups.Contains(group)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", group.Value)));
        if (request.Minutes <= 0) problems.Add(Problem.Invalid("series.end-before-start", "localEnd"));
        else if (request.Minutes > BookingRules.Longest.TotalMinutes) problems.Add(Problem.Invalid("booking.too-long", "localEnd", ("days", (int)BookingRules.Longest.TotalDays)));
        var rule = RecurrenceText.Read(request.Rrule, instrument.Zone, problems);
        if (problems.Count > 0) return problems;

        var recurrence = new Recurrence(request.StartsAt, rule!, request.Without ?? [], request.With ?? []);
        var expanded = RecurrenceRules.Expand(recurrence);
        if (!expanded.IsOk) return Outcome<Made>.Refuse(expanded.Problems);
        var starts = expanded.Value.ToList();
        if (RecurrenceRules.OwnOverlap(starts, request.Minutes) is { } twice) return twice;
        var funding = await judge.FundingAsync(instrument, judge.BookerOf(instrument, request.GroupId), request.FundId, instrument.Zone.AtLeniently(request.StartsAt).ToInstant(), cancel);
        var series = new BookingSeries
        {
            InstrumentId = instrument.Id, PersonId = person, GroupId = request.GroupId, FundId = funding?.FundId, ServiceMode = request.ServiceMode, Purpose = purpose ?? string.Empty, UsePlace = place, CustomsNotice = notice,
            Zone = instrument.Zone.Id, Conflicts = request.Conflicts, CreatedBy = person, CreatedAt = clock.GetCurrentInstant(),
        };
        return new Made(series.Repeat(recurrence, request.Minutes), instrument, starts, reason);
    }
}
