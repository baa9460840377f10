using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Billing.Funds;

/// <summary>
/// Asks for a fund where the instrument's institution demands one, and whether the one that is named may and can pay. It answers well;
/// the hold itself is the database's, in the booking's own transaction. Nothing is read where no fund is named.
/// </summary>
public sealed class FundGate(TermsOfInstrument terms, PricePolicies prices, IClock clock) : IBookingGate
{
    public string Name => "funds";

    public async Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        if (request.Funding is not { } funding) return null;
        if (funding.FundId is not { } fund) return request.IsStanding ? null : await NeededAsync(request, slots, cancel);
        var rows = new List<(FundView View, FundShare Share)>();
        return new GateQuestion(ReadOf(fund, request.PersonId, funding.BookingId), row => rows.Add(Read(row)), more => AnswerAsync(request, funding, slots, rows, more));
    }

    private async Task<GateQuestion> NeededAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var said = new List<GateAnswer>();
        foreach (var slot in slots) said.Add(await terms.DemandsFundAsync(request.Instrument, slot?.StartsAt ?? clock.GetCurrentInstant(), cancel) ? GateAnswer.Against(Problem.Refused("fund.needed", "fundId")) : GateAnswer.Nothing);
        return new GateQuestion(null, _ => { }, _ => Task.FromResult<IReadOnlyList<GateAnswer>>(said));
    }

    private async Task<IReadOnlyList<GateAnswer>> AnswerAsync(GateRequest request, BookingFunding funding, IReadOnlyList<TimeSlot?> slots, List<(FundView View, FundShare Share)> rows, CancellationToken cancel)
    {
        var (said, expense) = (new List<GateAnswer>(), FundRules.ExpenseOf(request.Mode ?? ServiceMode.SelfOperated));
        // Of several that stand already the database counts the whole.
        var counts = !request.IsStanding || funding.BookingId is not null;
        foreach (var slot in slots)
        {
            var estimate = counts && slot is { } asked && funding.UserClass is { } userClass ? (await prices.EstimateAsync(request.Instrument, userClass, asked, cancel)).Value?.Amount.Fen ?? 0 : 0;
            var parts = PostingRules.Divide(estimate, [.. rows.Select(r => r.Share)]);
            said.Add(GateAnswer.Against(FundRules.Judge([.. rows.Zip(parts, (r, part) => r.View with { PartFen = part })], (slot?.StartsAt ?? clock.GetCurrentInstant()).InZone(request.Instrument.InstitutionZone).Date, expense)));
        }

        return said;
    }

    private NpgsqlBatchCommand ReadOf(Guid fund, PersonId person, BookingId? booking) => new("""
        SELECT f.id, f.number, CASE WHEN p.is_active = false THEN 'closed' ELSE f.state END, f.valid_from, f.valid_to, f.expenses,
               EXISTS (SELECT FROM memberships m WHERE m.group_id = f.group_id AND m.person_id = $2 AND m.starts_on <= $4 AND (m.ends_on IS NULL OR m.ends_on >= $4)),
               a.balance_fen - a.held_fen + a.limit_fen + coalesce(h.fen, 0), f.institution_id, coalesce(s.share, 10000), coalesce(s.takes_rest, true)
        FROM fund_parts($1, 0) x JOIN funds f ON f.id = x.account_id JOIN ledger_accounts a ON a.id = f.id
        LEFT JOIN fund_splits p ON p.id = $1 LEFT JOIN fund_split_shares s ON s.split_id = $1 AND s.fund_id = f.id LEFT JOIN fund_holds h ON h.account_id = f.id AND h.booking_id = $3
        ORDER BY f.id
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = fund }, new NpgsqlParameter<Guid> { TypedValue = person.Value }, new NpgsqlParameter<Guid> { TypedValue = booking?.Value ?? Guid.Empty },
            new NpgsqlParameter<DateOnly> { TypedValue = clock.GetCurrentInstant().InUtc().Date.ToDateOnly() },
        },
    };

    private static (FundView View, FundShare Share) Read(NpgsqlDataReader r) => (
        new FundView(r.GetGuid(0), r.GetString(1), Word.Parse<FundState>(r.GetString(2)), On(r, 3), On(r, 4), r.GetFieldValue<string[]>(5), r.GetBoolean(6), r.GetInt64(7), 0),
        new FundShare(r.GetGuid(0), new InstitutionId(r.GetGuid(8)), r.GetInt32(9), r.GetBoolean(10)));

    private static LocalDate On(NpgsqlDataReader reader, int column) => LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column));
}
