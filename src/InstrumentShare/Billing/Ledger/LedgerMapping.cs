using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Billing.Ledger;

public sealed class LedgerMapping : IEntityTypeConfiguration<LedgerAccount>, IEntityTypeConfiguration<LedgerEntry>, IEntityTypeConfiguration<LedgerLine>, IEntityTypeConfiguration<LedgerPeriod>, IEntityTypeConfiguration<LedgerProof>
{
    public void Configure(EntityTypeBuilder<LedgerAccount> builder)
    {
        builder.ToTable("ledger_accounts").HasKey(x => x.Id);
        builder.Ignore(x => x.LeftFen);
    }

    public void Configure(EntityTypeBuilder<LedgerEntry> builder) => builder.ToTable("ledger_entries").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<LedgerLine> builder)
    {
        builder.ToTable("ledger_lines").HasKey(x => new { x.EntryId, x.AccountId });
        builder.HasOne<LedgerEntry>().WithMany().HasForeignKey(x => x.EntryId);
        builder.HasOne<LedgerAccount>().WithMany().HasForeignKey(x => x.AccountId);
    }

    public void Configure(EntityTypeBuilder<LedgerPeriod> builder) => builder.ToTable("ledger_periods").HasKey(x => new { x.InstitutionId, x.Month });

    public void Configure(EntityTypeBuilder<LedgerProof> builder)
    {
        builder.ToTable("ledger_proofs").HasKey(x => x.Id);
        builder.Property(x => x.Findings).HasJson().IsRequired();
    }
}
