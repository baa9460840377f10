using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Billing.Funds;

public sealed class FundMapping : IEntityTypeConfiguration<Fund>, IEntityTypeConfiguration<FundSplit>, IEntityTypeConfiguration<FundSplitShare>, IEntityTypeConfiguration<GroupFund>, IEntityTypeConfiguration<BillingTerms>
{
    public void Configure(EntityTypeBuilder<Fund> builder)
    {
        builder.ToTable("funds").HasKey(x => x.Id);
        builder.HasOne<Ledger.LedgerAccount>().WithOne().HasForeignKey<Fund>(x => x.Id);
    }

    public void Configure(EntityTypeBuilder<FundSplit> builder) => builder.ToTable("fund_splits").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<FundSplitShare> builder)
    {
        builder.ToTable("fund_split_shares").HasKey(x => new { x.SplitId, x.FundId });
        builder.HasOne<FundSplit>().WithMany().HasForeignKey(x => x.SplitId);
    }

    public void Configure(EntityTypeBuilder<GroupFund> builder) => builder.ToTable("group_funds").HasKey(x => x.GroupId);

    public void Configure(EntityTypeBuilder<BillingTerms> builder) => builder.ToTable("billing_terms").HasKey(x => x.Id);
}
