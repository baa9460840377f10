using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using Quartz;

namespace InstrumentShare.Bookings.Standby;

/// <summary>
/// Offers time that became free to those who wait for it, in the order of the line: to the first whom the rules would let book it.
/// Each offer is one transaction under the lock of the instrument's line, and holds its time by a booking, so that the constraint of
/// all bookings keeps it. What nobody in the line may have is simply free.
/// </summary>
public sealed class OfferFreedTime(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, IServiceScopeFactory scopes, PermissionCatalog permissions, IOptions<StandbyOptions> options, IClock clock)
{
    /// <summary>However time became free (a closure lifted, hours opened, a limit no longer reached), who waits is looked at so often.</summary>
    public static readonly Duration LookEvery = Duration.FromMinutes(10);

    private const int Tries = 20;

    private sealed record Freed(Guid InstrumentId, long[] Ids, DateTime StartsAt, DateTime EndsAt)
    {
        public TimeSlot Range => new(Instant.FromDateTimeUtc(StartsAt), Instant.FromDateTimeUtc(EndsAt));
    }

    /// <summary>How many offers were made.</summary>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        await RemindOfLinesAsync(cancel);
        var offered = 0;
        while (await NextAsync(cancel) is { } freed)
        {
            var unfit = new HashSet<StandbyId>();
            for (var failed = 0; failed < Tries;)
            {
                switch (await OfferOneAsync(new InstrumentId(freed.InstrumentId), freed.Range, unfit, cancel))
                {
                    case true: offered++; continue;
                    case false: failed++; continue;
                }

                break;
            }

            await DoneAsync(freed, cancel);
        }

        return offered;
    }

    private async Task RemindOfLinesAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (now, before) = (clock.GetCurrentInstant().ToDateTimeUtc(), (clock.GetCurrentInstant() - LookEvery).ToDateTimeUtc());
        await db.Database.ExecuteSqlAsync($"""
            WITH looked AS (UPDATE standby_requests SET looked_at = {now} WHERE status = 'waiting' AND looked_at <= {before} RETURNING instrument_id, starts_at, ends_at)
            INSERT INTO freed_times (instrument_id, starts_at, ends_at) SELECT instrument_id, min(starts_at), max(ends_at) FROM looked GROUP BY instrument_id
            """, cancel);
    }

    private async Task<Freed?> NextAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return (await db.Database.SqlQuery<Freed>($"""
            SELECT instrument_id AS "InstrumentId", array_agg(id) AS "Ids", min(starts_at) AS "StartsAt", max(ends_at) AS "EndsAt" FROM freed_times GROUP BY instrument_id ORDER BY min(id) LIMIT 1
            """).ToListAsync(cancel)).SingleOrDefault();
    }

    private async Task DoneAsync(Freed freed, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.ExecuteSqlAsync($"DELETE FROM freed_times WHERE id = ANY({freed.Ids})", cancel);
    }

    /// <summary>True: an offer was made. False: somebody was in the way, look again. Null: nobody is left who may have any of it.</summary>
    /// <param name="unfit">Who has been looked at; what is offered meanwhile makes nobody fit.</param>
    private async Task<bool?> OfferOneAsync(InstrumentId id, TimeSlot range, HashSet<StandbyId> unfit, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await AdvisoryLocks.TakeAsync(connection, cancel, StandbyLine.Lock + id.Value);
        var now = clock.GetCurrentInstant();
        var instrument = (await rules.OfAsync(id, await BookingReads.RulesVersionAsync(connection, id, cancel), cancel))!;
        var line = (await db.Set<StandbyRequest>().AsNoTracking().Where(r => r.InstrumentId == id && r.Status == StandbyStatus.Waiting && r.StartsAt < range.EndsAt && r.EndsAt > range.StartsAt)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Id).ToListAsync(cancel)).Where(r => !unfit.Contains(r.Id)).ToList();
        if (line.Count == 0) return null;
        var taken = await JudgeStandby.TakenAsync(connection, id, new TimeSlot(line.Min(r => r.StartsAt), line.Max(r => r.EndsAt)), cancel);
        var passed = await PassedAsync(db, line, cancel);
        var look = new Look(db, connection, instrument, taken, scope.ServiceProvider.GetRequiredService<JudgeStandby>(), scope.ServiceProvider.GetRequiredService<PersonAccessQuery>(), now);
        foreach (var waiting in line)
        {
            unfit.Add(waiting.Id);
            if (await ForAsync(look, waiting, [.. passed[waiting.Id]], cancel) is not { } chance || await LockedAsync(db, waiting.Id, cancel) is not { } request) continue;
            if (await HoldAsync(look, request, chance, cancel) is { } offer)
            {
                await TellAsync(look, request, offer, cancel);
                await transaction.CommitAsync(cancel);
                return true;
            }

            unfit.Remove(waiting.Id);
            look.Judge.Forget(chance.Along);
            return false;
        }

        return null;
    }

    private sealed record Look(AppDb Db, NpgsqlConnection Connection, InstrumentRules Instrument, IReadOnlyList<HeldUnit> Taken, JudgeStandby Judge, PersonAccessQuery People, Instant Now);

    private sealed record Chance(TimeSlot Slot, short Unit, Booker Booker, Instant AnswerBy, Along? Along, CompanionPlan Plan);

    /// <summary>What each let go before: that time is not offered to them again.</summary>
    private static async Task<ILookup<StandbyId, TimeSlot>> PassedAsync(AppDb db, List<StandbyRequest> line, CancellationToken cancel)
    {
        var ids = line.Select(r => r.Id).ToList();
        return (await db.Set<StandbyOffer>().AsNoTracking().Where(o => ids.Contains(o.RequestId)).ToListAsync(cancel)).ToLookup(o => o.RequestId, o => o.Slot);
    }

    private async Task<Chance?> ForAsync(Look look, StandbyRequest waiting, IReadOnlyList<TimeSlot> passed, CancellationToken cancel)
    {
        // Most of a line waits for what is still taken: nothing is read for them.
        if (look.Instrument.Capacity == 1 && OpeningCalendar.Without([waiting.Window], look.Taken.Select(t => t.Held)).Count == 0) return null;
        if (await look.People.OfAsync(waiting.PersonId, cancel) is not { } access) return null;
        var booker = Booker.Of(Caller.For(access, permissions), look.Instrument, waiting.GroupId);
        if (waiting.GroupId is { } group && !access.Groups.Contains(group)) return null;
        var along = await look.Judge.AlongAsync(look.Instrument, waiting.ServiceMode, null, cancel);
        var free = await JudgeStandby.LookAsync(look.Connection, look.Instrument, along, booker, waiting.PersonId, waiting.Window, look.Taken, [], look.Now, cancel);
        var quiet = await QuietAsync(look, waiting.PersonId, cancel);
        foreach (var slot in StandbyRules.Fitting(free, waiting.Window, waiting.Length).Where(s => !passed.Any(s.Overlaps)))
        {
            var lead = look.Instrument.RulesFor(booker.Audience, look.Instrument.DateOf(slot.StartsAt))?.LeadMinutes ?? 0;
            if (StandbyRules.AnswerBy(look.Now, slot.StartsAt, lead, quiet, Terms) is not { } answerBy) continue;
            var said = await look.Judge.GatesAsync(new GateRequest(waiting.PersonId, access.InstitutionId, look.Instrument, slot, waiting.ServiceMode, Funding: BookingFunding.Of(booker, waiting.FundId)), cancel);
            // Gates ask about the person, not about the hour: one answer does for the window.
            return said.Problems.Count > 0 ? null : new Chance(slot, (short)free.FreeUnit(slot)!.Value, booker, answerBy, along, free.Along?.PlanAt(slot) ?? CompanionPlan.Nothing);
        }

        return null;
    }

    private OfferTerms Terms => new(Duration.FromMinutes(options.Value.OfferMinutes), Duration.FromMinutes(options.Value.LeastMinutes), Duration.FromMinutes(options.Value.MinutesBefore));

    private static async Task<Instant?> QuietAsync(Look look, PersonId person, CancellationToken cancel) =>
        await look.Db.Set<MailPreferences>().AsNoTracking().SingleOrDefaultAsync(p => p.PersonId == person, cancel) is { } wishes ? MailDeliveryRules.QuietUntil(wishes, look.Now) : null;

    /// <summary>Holds the time by a booking, in the way of any booking, and all that it takes along; null when one of them is taken or rules have a newer version. What was written is given up then.</summary>
    private static async Task<StandbyOffer?> HoldAsync(Look look, StandbyRequest waiting, Chance chance, CancellationToken cancel)
    {
        var offer = new StandbyOffer
        {
            RequestId = waiting.Id, InstrumentId = waiting.InstrumentId, BookingId = new BookingId(Guid.CreateVersion7()), StartsAt = chance.Slot.StartsAt, EndsAt = chance.Slot.EndsAt, OfferedAt = look.Now, AnswerBy = chance.AnswerBy,
        };
        if (chance.Along is not null) await chance.Along.LockAsync(look.Connection, waiting.PersonId, cancel);
        var main = new PlannedInstrument(look.Instrument, chance.Slot, BookingRules.Held(look.Instrument, chance.Slot, chance.Booker.Audience), chance.Unit);
        if (!await HoldOneAsync(look, waiting, chance, offer, main, null, cancel)) return null;
        foreach (var planned in chance.Plan.Instruments)
            if (!await HoldOneAsync(look, waiting, chance, offer, planned, offer.BookingId, cancel)) return null;
        return await CompanionWrites.HoldAsync(look.Connection, offer.BookingId, waiting.InstrumentId, chance.Slot, chance.Plan, cancel) ? offer : null;
    }

    /// <param name="main">Which booking takes it along; null for that one itself.</param>
    private static async Task<bool> HoldOneAsync(Look look, StandbyRequest waiting, Chance chance, StandbyOffer offer, PlannedInstrument what, BookingId? main, CancellationToken cancel)
    {
        var (group, institution, mainId) = (chance.Booker.Groups is [var first, ..] ? first.Value : (Guid?)null, chance.Booker.InstitutionId?.Value, main?.Value);
        // What is taken along costs nothing of its own.
        var (id, takesAlong, fund) = (main is null ? offer.BookingId.Value : Guid.CreateVersion7(), main is null && chance.Plan.TakesAny, main is null ? waiting.FundId : null);
        return await look.Db.Database.ExecuteSqlAsync($"""
            INSERT INTO bookings (instrument_id, id, unit, person_id, group_id, institution_id, fund_id, service_mode, purpose, use_place, customs_notice, status, starts_at, ends_at, held,
                                  user_class, rules_version, created_by, created_at, offered_until, main_id, takes_along)
            SELECT i.id, {id}, {what.Unit}, {waiting.PersonId.Value}, {group}, {institution}, {fund}, {Word.Of(waiting.ServiceMode)}, {waiting.Purpose}, {waiting.UsePlace}, {waiting.CustomsNotice}, 'requested',
                   {what.Slot.StartsAt.ToDateTimeUtc()}, {what.Slot.EndsAt.ToDateTimeUtc()}, tstzrange({what.Held.StartsAt.ToDateTimeUtc()}, {what.Held.EndsAt.ToDateTimeUtc()}),
                   {Word.Of(chance.Booker.UserClass!.Value)}, {what.Instrument.RulesVersion}, {waiting.PersonId.Value}, {look.Now.ToDateTimeUtc()}, {offer.AnswerBy.ToDateTimeUtc()}, {mainId}, {takesAlong}
            FROM (SELECT id FROM instruments WHERE id = {what.Instrument.Id.Value} AND rules_version = {what.Instrument.RulesVersion} FOR SHARE) i
            ON CONFLICT ON CONSTRAINT "booking.overlap" DO NOTHING
            """, cancel) == 1;
    }

    // Who has withdrawn by now is offered nothing.
    private static async Task<StandbyRequest?> LockedAsync(AppDb db, StandbyId id, CancellationToken cancel) =>
        (await db.Set<StandbyRequest>().FromSql($"SELECT * FROM standby_requests WHERE id = {id.Value} AND status = 'waiting' FOR UPDATE").ToListAsync(cancel)).SingleOrDefault();

    private static async Task TellAsync(Look look, StandbyRequest request, StandbyOffer offer, CancellationToken cancel)
    {
        request.Offered();
        look.Db.Add(offer);
        look.Db.AddStandbyEvent(StandbyNews.OfferMade, request, look.Instrument, look.Now, offer);
        look.Db.AddStandbyMail(StandbyNews.OfferMade, look.Instrument, offer, await BookingPeople.OfAsync(look.Db, request.PersonId, cancel), look.Now);
        await look.Db.SaveChangesAsync(cancel);
    }
}

public sealed class StandbyJob(ExpireOffers expire, OfferFreedTime offer) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await expire.RunAsync(cancellationToken);
        await offer.RunAsync(cancellationToken);
    }
}
