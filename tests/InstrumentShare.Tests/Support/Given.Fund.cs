using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A fund card of a group for 2025 to 2030 that pays for everything, topped up.</summary>
    public async Task<Fund> FundAsync(Group group, long fen, long limit = 0, IEnumerable<ExpenseKind>? expenses = null, LocalDate? from = null, LocalDate? to = null, FundState state = FundState.Active)
    {
        var id = Guid.CreateVersion7();
        await using var db = database.NewDb();
        db.Add(new LedgerAccount { Id = id, InstitutionId = group.InstitutionId, Kind = LedgerAccountKind.Fund, HolderId = id, LimitFen = limit, CreatedAt = Now });
        var fund = new Fund
        {
            Id = id, InstitutionId = group.InstitutionId, GroupId = group.Id, Number = $"K{Next():0000}", Name = "面上项目", NameEn = "General project", ResponsibleId = group.LeaderId, ValidFrom = from ?? LongAgo,
            ValidTo = to ?? new LocalDate(2030, 12, 31), Expenses = [.. (expenses ?? Enum.GetValues<ExpenseKind>()).Select(Word.Of)], State = state, CreatedAt = Now,
        };
        db.Add(fund);
        await db.SaveChangesAsync();
        if (fen > 0) await PostedAsync(group.InstitutionId, LedgerEntryKind.TopUp, (id, fen), (await AccountAsync(group.InstitutionId, LedgerAccountKind.Institution, group.InstitutionId.Value), -fen));
        return fund;
    }

    /// <summary>A split over funds by hundredths of a percent; the first takes the rest.</summary>
    public async Task<FundSplit> SplitAsync(Group group, params (Fund Fund, int Share)[] shares)
    {
        await using var db = database.NewDb();
        var split = new FundSplit { GroupId = group.Id, Name = "分摊", NameEn = "Split", CreatedAt = Now };
        db.Add(split);
        foreach (var (fund, share) in shares) db.Add(new FundSplitShare { SplitId = split.Id, FundId = fund.Id, Share = share, TakesRest = fund == shares[0].Fund });
        await db.SaveChangesAsync();
        return split;
    }

    /// <summary>How an institution settles since long ago.</summary>
    public Task<BillingTerms> TermsAsync(Institution institution, bool demandsFund = false, int reviewDays = 7, int tax = 0) => SaveAsync(new BillingTerms
    {
        InstitutionId = institution.Id, DemandsFund = demandsFund, ReviewDays = reviewDays, TaxBasisPoints = tax, ValidFrom = LongAgo, CreatedAt = Now,
    });

    /// <summary>An account, made where it is missing.</summary>
    public async Task<Guid> AccountAsync(InstitutionId institution, LedgerAccountKind kind, Guid? holder = null)
    {
        await using var db = database.NewDb();
        if (await db.Set<LedgerAccount>().SingleOrDefaultAsync(a => a.InstitutionId == institution && a.Kind == kind && a.HolderId == holder) is { } known) return known.Id;
        return (await SaveAsync(new LedgerAccount { InstitutionId = institution, Kind = kind, HolderId = holder, LimitFen = kind is LedgerAccountKind.Deposit or LedgerAccountKind.Voucher ? 0 : null, CreatedAt = Now })).Id;
    }

    public async Task<LedgerEntry> PostedAsync(InstitutionId institution, LedgerEntryKind kind, params (Guid Account, long Fen)[] lines)
    {
        await using var db = database.NewDb();
        var entry = new LedgerEntry { InstitutionId = institution, Kind = kind, BookedOn = Now.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date, EnteredAt = Now };
        db.Add(entry);
        foreach (var (account, fen) in lines) db.Add(new LedgerLine { InstitutionId = institution, EntryId = entry.Id, AccountId = account, Fen = fen });
        await db.SaveChangesAsync();
        return entry;
    }
}
