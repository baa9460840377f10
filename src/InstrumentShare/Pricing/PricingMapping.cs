using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Pricing;

public sealed class PricingMapping : IEntityTypeConfiguration<PricePolicy>
{
    public void Configure(EntityTypeBuilder<PricePolicy> builder)
    {
        builder.ToTable("price_policies").HasKey(x => x.Id);
        builder.Ignore(x => x.RatePerHour).Ignore(x => x.RatePerSample).Ignore(x => x.StartUpFee).Ignore(x => x.MinimumFee);
    }
}
